import type { RateLimits } from '../rate-meter'
import type { SimulatedVendor, VendorAnswer, VendorRequest, World } from '../vendor'
import { gateway, tooMany } from './answers'
import { controlDealerVault } from './control'
import { demoProgram, demoRooftops } from './demo'
import type { RawRow, TruthRow } from './dms-record'
import { Program } from './program'
import { Rooftop } from './rooftop'
import { ProgramSpec, RooftopSpec, type FileType } from './rooftop-spec'
import { malformedRows } from './malformed'
import { truthTables } from './truth'

export interface DealerVaultVendorOptions {
  /** Default: the demo clients' rooftops. */
  readonly rooftops?: readonly (typeof RooftopSpec)['_input'][]
  /** Default: the demo's program. */
  readonly program?: ProgramSpec
  /** Default: 3 requests in any second and 10 in flight, per subscription key. */
  readonly limits?: RateLimits
  /** Deliveries that may be in progress at once. Default 4. */
  readonly deliveriesAtOnce?: number
  /** Milliseconds until a delivery is ready. Default 900. */
  readonly makingTime?: number
  /** The most rows of a page, whatever is asked for. Default 500. */
  readonly largestPage?: number
}

/** DealerVault's delivery API behind its gateway, for one vendor program. */
export class DealerVaultVendor implements SimulatedVendor {
  readonly name = 'dealervault'
  readonly basePath = '/dealervault'
  readonly limits: RateLimits
  readonly refusal: VendorAnswer = tooMany(1)
  readonly program: Program
  readonly #world: World
  readonly #rooftops = new Map<string, Rooftop>()
  #isRevoked = false

  constructor(world: World, options: DealerVaultVendorOptions = {}) {
    this.#world = world
    this.limits = options.limits ?? { perSecond: 3, inFlight: 10 }
    const spec = ProgramSpec.parse(options.program ?? demoProgram(world.seed))
    this.program = new Program(spec, this.#rooftops, {
      seed: world.seed,
      deliveriesAtOnce: options.deliveriesAtOnce ?? 4,
      makingTime: options.makingTime ?? 900,
      largestPage: options.largestPage ?? 500,
    })
    for (const rooftop of options.rooftops ?? demoRooftops) this.addRooftop(rooftop)
  }

  /** Opens a rooftop, or replaces one of the same id. */
  addRooftop(spec: (typeof RooftopSpec)['_input']): void {
    const checked = RooftopSpec.parse(spec)
    this.#rooftops.set(checked.id, new Rooftop(checked, this.#world))
  }

  /** Refuses the subscription key until it is restored. */
  revoke(): void {
    this.#isRevoked = true
  }

  restore(): void {
    this.#isRevoked = false
  }

  /** Tokens that were given out are good no more; new ones can be had. */
  expireTokens(): void {
    this.program.tokens.expire()
  }

  /**
   * Changes fields of a record for good; `truth` is what a copy then holds. With `silently` the DMS does not count the
   * record as touched, so that a window of days has it where it was.
   */
  change(
    rooftopId: string,
    fileType: FileType,
    key: string,
    fields: { readonly raw: RawRow; readonly truth: TruthRow },
    silently = false,
  ): void {
    this.#existing(rooftopId).change(fileType, key, fields, silently ? undefined : this.#now())
  }

  /** Delivers one more row of a feed from now on, whatever it is. The truth has none of these. */
  addRow(rooftopId: string, fileType: FileType, row: RawRow): void {
    this.#existing(rooftopId).addOdd(fileType, row)
  }

  /** Puts a row that no table can hold into each feed, and one of another dealer among the sales. Returns how many. */
  malform(rooftopId: string): number {
    const rooftop = this.#existing(rooftopId)
    const rows = malformedRows(rooftop.spec)
    for (const [fileType, row] of rows) rooftop.addOdd(fileType, row)
    return rows.length
  }

  /** The first row of every delivery of a rooftop comes twice from now on. */
  double(rooftopId: string): void {
    this.program.doubled.add(this.#existing(rooftopId).spec.id)
  }

  /** Every delivery of a rooftop begins with an empty page from now on. */
  pause(rooftopId: string): void {
    this.program.paused.add(this.#existing(rooftopId).spec.id)
  }

  /** The next delivery of the lot has a quarter of the vehicles. */
  shrinkNextLot(rooftopId: string): void {
    this.program.shrunk.add(this.#existing(rooftopId).spec.id)
  }

  /** What a faithful copy of the rooftop holds by now, by table. */
  truth(rooftopId: string): Readonly<Record<string, readonly TruthRow[]>> {
    return truthTables(this.#existing(rooftopId), this.program.servedVehicles(rooftopId), this.#now())
  }

  rateKeyOf({ headers }: VendorRequest): string | undefined {
    const key = headers['ocp-apim-subscription-key']
    return key === this.program.spec.subscription_key ? this.program.spec.program_id : undefined
  }

  answer(request: VendorRequest): VendorAnswer {
    if (this.#isRevoked || this.rateKeyOf(request) === undefined) {
      return gateway(401, 'Access denied due to invalid subscription key.')
    }
    return this.program.answer(request, this.#now())
  }

  control(request: VendorRequest): VendorAnswer | undefined {
    return controlDealerVault(this, request)
  }

  #now(): number {
    return this.#world.clock.now().getTime()
  }

  #existing(rooftopId: string): Rooftop {
    const rooftop = this.#rooftops.get(rooftopId)
    if (!rooftop) throw new Error(`the sandbox has no DealerVault rooftop ${rooftopId}`)
    return rooftop
  }
}
