import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { SandboxClock } from './clock'
import { control } from './control'
import { Faults } from './faults'
import { RateMeter } from './rate-meter'
import { respond } from './respond'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from './vendor'
import { vendorsOf, type Vendors, type VendorsOptions } from './vendors'

export interface SandboxOptions extends VendorsOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Default loopback only: it has no login. */
  readonly host?: string
  /** Default `sandbox`. The same seed and epoch make the same world. */
  readonly seed?: string
  /** Default the process' clock. */
  readonly now?: () => Date
  /** Where history ends and life begins. Default now; keep it over restarts, or every call moves. */
  readonly epoch?: Date
}

const notFound: VendorAnswer = { status: 404, body: { error: 'the sandbox has nothing here' } }

/** The simulated vendors on one HTTP server, with commands for tests under `/control`. */
export class Sandbox implements AsyncDisposable {
  readonly url: string
  readonly clock: SandboxClock
  readonly faults: Faults
  readonly meter: RateMeter
  readonly vendors: Vendors
  readonly #server: Server

  private constructor(
    server: Server,
    parts: Pick<Sandbox, 'url' | 'clock' | 'faults' | 'meter' | 'vendors'>,
  ) {
    this.#server = server
    this.url = parts.url
    this.clock = parts.clock
    this.faults = parts.faults
    this.meter = parts.meter
    this.vendors = parts.vendors
  }

  static async start(options: SandboxOptions): Promise<Sandbox> {
    const { port, host = '127.0.0.1', seed = 'sandbox' } = options
    const clock = new SandboxClock(options.now ?? (() => new Date()))
    const world: World = { seed, clock, epoch: options.epoch ?? clock.now() }
    const parts = { clock, faults: new Faults(), meter: new RateMeter(), vendors: vendorsOf(world, options) }
    const server = createServer((request, response) => {
      serve(parts, request, response).catch((error: unknown) => fail(request, response, error))
    })
    server.listen(port, host)
    // Rejects with the server's error where the port is taken.
    await once(server, 'listening')
    const { port: opened } = server.address() as AddressInfo
    return new Sandbox(server, { ...parts, url: `http://${host}:${opened}` })
  }

  /** The base URL that stands for a vendor's own. */
  baseUrl(vendor: keyof Vendors): string {
    return this.url + this.vendors[vendor].basePath
  }

  /** Ends every connection. Safe to call twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    const closed = promisify(this.#server.close.bind(this.#server))()
    this.#server.closeAllConnections()
    await closed
  }
}

export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => Sandbox.start(options)

type Parts = Pick<Sandbox, 'clock' | 'faults' | 'meter' | 'vendors'>

async function serve(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const url = new URL(incoming.url ?? '/', 'http://sandbox')
  const request = { method: incoming.method ?? 'GET', query: url.searchParams, headers: incoming.headers }
  const at = (base: string, body: string): VendorRequest => ({
    ...request,
    path: decodeURIComponent(url.pathname.slice(base.length)),
    body,
  })
  const vendor = Object.values(parts.vendors).find(({ basePath }) => url.pathname.startsWith(`${basePath}/`))
  const body = await textOf(incoming)
  if (vendor) return simulate(parts, vendor, at(vendor.basePath, body), response, gone.signal)
  return respond(response, () => commanded(parts, at, url.pathname, body), undefined, gone.signal)
}

/** A request to a vendor: counted, spoiled where that was asked for, answered. */
async function simulate(
  { faults, meter }: Parts,
  vendor: SimulatedVendor,
  request: VendorRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const key = vendor.rateKeyOf(request)
  const pass =
    key === undefined ? { leave: () => undefined } : meter.enter(`${vendor.name} ${key}`, vendor.limits)
  if (!pass) return respond(response, () => vendor.refusal, undefined, signal)
  try {
    const fault = faults.take(vendor.name, `${request.path}?${request.query.toString()}`)
    const spoiled = fault?.kind === 'quirk' ? { ...request, quirk: fault.name } : request
    await respond(response, () => vendor.answer(spoiled), fault, signal)
  } finally {
    pass.leave()
  }
}

function commanded(
  parts: Parts,
  at: (base: string, body: string) => VendorRequest,
  path: string,
  body: string,
): VendorAnswer {
  const vendor = Object.values(parts.vendors).find(({ name }) => path.startsWith(`/control/${name}/`))
  if (vendor) return vendor.control(at(`/control/${vendor.name}`, body)) ?? notFound
  return path.startsWith('/control/') ? (control(parts, at('/control', body)) ?? notFound) : notFound
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** A client that has gone is no mistake; a command that is wrong gets its reason. */
function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  response.writeHead(request.url?.startsWith('/control/') ? 400 : 500, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
