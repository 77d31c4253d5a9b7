import { Disposables } from '../../src/lib/disposables'
import type { ConnectionOptions } from '../../src/queue/connection'
import { type Certificates, makeCertificates } from './certificates'
import { temporaryFolder } from './folders'
import { RedisNode } from './redis-nodes'

/** How a client gets to the servers. */
export type Way = Omit<ConnectionOptions, 'role' | 'name'>

export interface TopologyOptions {
  /** Everything is encrypted, with certificates of an authority of the test's own. */
  readonly tls?: boolean
  /** Clients come as a user that may touch nothing but the keys of the prefix; servers know each other by a password. */
  readonly user?: boolean
}

/** Redis servers of a test's own, ended on dispose. */
export class Topology implements AsyncDisposable {
  readonly way: Way
  readonly nodes: readonly RedisNode[]
  readonly sentinels: readonly RedisNode[]
  readonly #owned: Disposables

  constructor(
    way: Way,
    nodes: readonly RedisNode[],
    owned: Disposables,
    sentinels: readonly RedisNode[] = [],
  ) {
    this.way = way
    this.nodes = nodes
    this.sentinels = sentinels
    this.#owned = owned
  }

  /** The server that takes writes for our keys now. */
  async master(): Promise<RedisNode> {
    const key = `${this.way.prefix}:somewhere`
    for (const node of this.nodes) {
      if (node.client.status !== 'ready') continue
      const answer = await node.client.set(key, '1', 'PX', 1).catch((error: Error) => error.message)
      if (answer === 'OK') return node
    }
    throw new Error('no server takes writes')
  }

  /** True once every Sentinel names this server as the master. */
  async isNamed(node: RedisNode): Promise<boolean> {
    const named = this.sentinels.map(async ({ client }) =>
      client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master),
    )
    const ports = (await Promise.all(named)).map((answer) => (answer as [string, string] | null)?.[1])
    return ports.every((port) => port === String(node.port))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

/** The name under which Sentinels watch the master. */
export const master = 'mymaster'
export const secrets = {
  master: 'between-servers',
  user: 'p@ss/word:%',
  sentinel: 'of-the-sentinels',
  asker: 'of-those-who-ask',
}

/** What every topology is built on. */
export class Ground {
  readonly owned = new Disposables()
  readonly folder: string
  readonly prefix: string
  /** Among servers; undefined where everybody may do everything. */
  readonly password: string | undefined
  tls: Certificates | undefined

  private constructor(folder: string, prefix: string, password: string | undefined) {
    this.folder = folder
    this.prefix = prefix
    this.password = password
  }

  /** What `build` made; what it had begun is ended where it fails. */
  static async with(
    { tls = false, user = false }: TopologyOptions,
    prefix: string,
    build: (ground: Ground) => Promise<Topology>,
  ): Promise<Topology> {
    const folder = await temporaryFolder()
    const ground = new Ground(folder.path, prefix, user ? secrets.master : undefined)
    ground.owned.use(folder)
    try {
      if (tls) ground.tls = await makeCertificates(folder.path)
      return await build(ground)
    } catch (error) {
      await ground.owned[Symbol.asyncDispose]()
      throw error
    }
  }

  async server(config: readonly string[] = []): Promise<RedisNode> {
    const auth =
      this.password === undefined
        ? []
        : [
            `masterauth ${this.password}`,
            `user fleet on >${secrets.user} ~${this.prefix}:* &* +@all -@dangerous -@admin -cluster +cluster|slots +cluster|info +info +client`,
          ]
    const { folder, tls, password } = this
    return this.owned.use(await RedisNode.start({ folder, tls, password, config: [...auth, ...config] }))
  }

  way(scheme: string, hosts: readonly RedisNode[], path = ''): Way {
    const user = this.password === undefined ? '' : `fleet:${encodeURIComponent(secrets.user)}@`
    const where = hosts.map(({ port }) => `127.0.0.1:${port}`).join(',')
    return {
      url: `${this.tls ? 'rediss' : 'redis'}${scheme}://${user}${where}${path}`,
      prefix: this.prefix,
      ca: this.tls?.ca,
    }
  }
}
