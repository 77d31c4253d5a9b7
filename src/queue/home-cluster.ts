import { Cluster, Command } from 'ioredis'
import type { ClusterNode, ClusterOptions, Redis as Server, RedisOptions } from 'ioredis'

export interface HomeClusterOptions extends Omit<ClusterOptions, 'redisOptions'> {
  /** For every node. */
  readonly redisOptions: Omit<RedisOptions, 'replyMapping'>
}

/**
 * A cluster of which one node serves us: all our keys bear the prefix in braces, so all of them are in one hash slot.
 * Whether the cluster is there for us is whether that node is. Emits `home` whenever it is found to be connected,
 * `home error` with what keeps it from being so, and `home lost` when its connection ended.
 */
export class HomeCluster extends Cluster {
  readonly #slot: number

  /** Opens it. `prefix` is in front of every key. */
  constructor(nodes: ClusterNode[], options: HomeClusterOptions, prefix: string) {
    super(nodes, options)
    this.#slot = new Command('get', [prefix]).getSlot()
    const look = (): void => this.#look()
    this.on('+node', (node: Server) => node.on('ready', look))
    this.on('-node', (node: Server) => {
      // A cluster that its owner ends loses its nodes, too; one that is told of another home has it already.
      if (this.status === 'ready' && this.#isHome(addressOf(node))) this.emit('home lost')
      if (this.status === 'ready' && this.#hasReplicasOnly) this.disconnect(true)
    })
    this.on('node error', (error: Error, address: string) => {
      if (this.#isHome(address)) this.emit('home error', error)
    })
    this.on('refresh', look)
    this.on('ready', look)
  }

  /** True while the master that serves our keys is connected. */
  get isHomeReady(): boolean {
    return this.status === 'ready' && this.#home?.status === 'ready'
  }

  /** A command without a key, such as INFO, goes to our node as well: what it asks, it asks about that. */
  override sendCommand(...[command, stream, node]: Parameters<Cluster['sendCommand']>): unknown {
    const isBound = node !== undefined || command.name === 'cluster' || command.getKeys().length > 0
    return super.sendCommand(command, stream, isBound || !this.isHomeReady ? node : { redis: this.#home })
  }

  /** True for the address, `host:port`, of that master, as far as is known. */
  #isHome(address: string): boolean {
    return this.slots[this.#slot]?.[0] === address
  }

  get #home(): Server | undefined {
    return this.nodes('master').find((node) => this.#isHome(addressOf(node)))
  }

  /**
   * Replicas are no way back to the masters: what they tell may be out of date, and what a script writes they refuse without a
   * word of who takes it. The nodes that the cluster was opened with are.
   */
  get #hasReplicasOnly(): boolean {
    return this.nodes('master').length === 0 && this.nodes('slave').length > 0
  }

  /** Nodes connect at their first command; ours is not to wait for one, nor to refuse the second that comes at once. */
  #look(): void {
    // Before the cluster is ready, it asks any node whether it may be: one that is connecting would refuse.
    if (this.status !== 'ready') return
    if (this.isHomeReady) this.emit('home')
    else if (this.#home?.status === 'wait') this.#home.connect().catch(() => undefined)
  }
}

/** A node's address as the cluster's map of slots has it. */
const addressOf = ({ options: { host, port } }: Server): string => `${host}:${port}`
