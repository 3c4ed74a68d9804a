import type { BrowserPage } from './browsers.js'

/** What a person does with a page, said in their words: buttons by their text, fields by their label. */
export function asAPerson(page: BrowserPage) {
  const run = async <T>(script: string): Promise<T> => page.run<T>(`${finders}\n${script}`)
  return {
    click: (text: string): Promise<void> => run(`(await eventually(() => button(${JSON.stringify(text)}))).click()`),
    fill: (label: string, value: string): Promise<void> =>
      run(`
      const field = await eventually(() => fieldOf(${JSON.stringify(label)}))
      field.focus(); field.value = ${JSON.stringify(value)}
      field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true }))`),
    choose: (label: string, value: string): Promise<void> =>
      run(`
      const field = await eventually(() => fieldOf(${JSON.stringify(label)}))
      await eventually(() => [...field.options].some((option) => option.text === ${JSON.stringify(value)}))
      field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event('change', { bubbles: true }))`),
    /** Waits until the page shows the text. */
    sees: (text: string): Promise<boolean> =>
      run(
        `await eventually(() => document.body.innerText.includes(${JSON.stringify(text)}), ${JSON.stringify(text)}); return true`,
      ),
    text: (selector: string): Promise<string> =>
      run(`return (await eventually(() => document.querySelector(${JSON.stringify(selector)}))).innerText`),
    run,
  }
}

const finders = `
  const seen = (element) => element.getClientRects().length > 0
  const button = (text) => [...document.querySelectorAll('#panel button, #panel summary')].find((each) => seen(each) && !each.disabled && each.textContent.trim().startsWith(text))
  const fieldOf = (label) => {
    const found = [...document.querySelectorAll('label')].find((each) => each.textContent.trim().startsWith(label))
    return found && (document.getElementById(found.htmlFor) ?? found.querySelector('input'))
  }
  const eventually = async (find, what = String(find)) => {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const found = find()
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('Waited in vain for ' + what + '; the page says: ' + document.querySelector('#panel').innerText.slice(0, 600))
  }
`
