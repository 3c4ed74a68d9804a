// @ts-check
// Serves an emulator until this process is stopped, and prints where.
const { serveEmulator } = await import(new URL('../dist/cli/serve.js', import.meta.url).href)
const { http, control } = await serveEmulator()
console.log(JSON.stringify({ http, control }))
