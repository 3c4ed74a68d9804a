// A page that signs with a key its user pastes. Bundle it with any bundler: `esbuild --bundle page.mjs`.
// OCI's own services send no CORS headers: a page reaches those of a gateway or a back end of yours.

import { apiKey, CountersignError, createSignedFetch } from 'countersign'

const form = document.querySelector('form')
const output = document.querySelector('output')

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const field = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? '')
  const [tenancy, user, privateKey, passphrase] = ['tenancy', 'user', 'privateKey', 'passphrase'].map(field)
  const credentials = apiKey({ tenancy, user, privateKey, ...(passphrase && { passphrase }) })
  try {
    const response = await createSignedFetch({ credentials })(field('url'))
    show(`${response.status} ${await response.text()}`)
  } catch (error) {
    show(error instanceof CountersignError ? `${error.code}: ${error.message}` : String(error))
  }
})

/** @param {string} text */
function show(text) {
  if (output) output.value = text
}
