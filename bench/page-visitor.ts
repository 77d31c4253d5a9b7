/** Somebody who is logged in and looks at pages, as a browser would. */
export class PageVisitor {
  readonly #url: string
  readonly #cookie: string
  #version: string | undefined

  private constructor(url: string, cookie: string) {
    this.#url = url
    this.#cookie = cookie
  }

  static async logIn(url: string, name: string, password: string): Promise<PageVisitor> {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ name, password }),
    })
    const [cookie] = answer.headers.getSetCookie()
    if (answer.status !== 303 || !cookie)
      throw new Error(`the login of ${name} was answered ${answer.status}`)
    return new PageVisitor(url, cookie.split(';')[0] ?? '')
  }

  /** Milliseconds until a page is there, whole. Fails where it is no page. */
  async visit(path: string): Promise<number> {
    const startedAt = performance.now()
    const { status, size } = await this.#ask(path, {})
    const took = performance.now() - startedAt
    if (status !== 200) throw new Error(`${path} was answered ${status} with ${size} characters`)
    return took
  }

  /** Asks what has changed of a page that is open; returns how many characters came. */
  async look(path: string): Promise<number> {
    const headers = {
      'x-syncfleet-live': '1',
      'cache-control': 'max-age=0',
      ...(this.#version === undefined ? {} : { 'if-none-match': this.#version }),
    }
    const { size, version } = await this.#ask(path, headers)
    this.#version = version
    return size
  }

  async #ask(path: string, headers: Readonly<Record<string, string>>) {
    const answer = await fetch(`${this.#url}${path}`, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: this.#cookie, ...headers },
    })
    const { length } = await answer.text()
    return { status: answer.status, size: length, version: answer.headers.get('etag') ?? undefined }
  }
}
