// What the examples use of globals that only Deno or Bun have; the runtimes themselves check the rest.

declare const Deno: { readonly env: { get(name: string): string | undefined } }

declare const Bun: {
  serve(options: { port: number; fetch(request: Request): Promise<Response> }): { readonly url: URL }
}
