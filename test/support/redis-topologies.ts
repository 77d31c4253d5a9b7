import { randomBytes } from 'node:crypto'
import { reservedPort } from './ports'
import { Ground, master, secrets, Topology, type TopologyOptions } from './redis-ground'
import { RedisNode } from './redis-nodes'
import { until } from './until'

const newPrefix = (): string => `test-${randomBytes(6).toString('hex')}`

/** One server. */
export const startSingle = async (options: TopologyOptions = {}): Promise<Topology> =>
  Ground.with(options, newPrefix(), async (ground) => {
    const node = await ground.server()
    return new Topology(ground.way('', [node]), [node], ground.owned)
  })

/** A master with two replicas, and three Sentinels that replace it when it is away for three seconds: a busy machine is silent for one. */
export const startSentinels = async (options: TopologyOptions = {}): Promise<Topology> =>
  Ground.with(options, newPrefix(), buildSentinels)

async function buildSentinels(ground: Ground): Promise<Topology> {
  const { folder, tls, password, owned } = ground
  const first = await ground.server()
  const replicas = await Promise.all([1, 2].map(() => ground.server([`replicaof 127.0.0.1 ${first.port}`])))
  const sentinelPassword = password === undefined ? undefined : secrets.sentinel
  const sentinels = await Promise.all(
    [1, 2, 3].map(async () =>
      owned.use(
        await RedisNode.start({
          folder,
          tls,
          password: sentinelPassword,
          isSentinel: true,
          config: [
            `sentinel monitor ${master} 127.0.0.1 ${first.port} 2`,
            `sentinel down-after-milliseconds ${master} 3000`,
            `sentinel failover-timeout ${master} 5000`,
            ...(password === undefined
              ? []
              : [
                  `sentinel auth-pass ${master} ${password}`,
                  `user asker on >${secrets.asker} -@all +auth +hello +ping +sentinel|get-master-addr-by-name`,
                ]),
          ],
        }),
      ),
    ),
  )
  for (const { client, port } of sentinels) {
    await until(`the Sentinel at ${port} knows the others`, async () => {
      const facts = (await client.call('SENTINEL', 'MASTER', master)) as string[]
      const valueOf = (name: string) => facts[facts.indexOf(name) + 1]
      return valueOf('num-slaves') === '2' && valueOf('num-other-sentinels') === '2'
    })
  }
  for (const replica of replicas) {
    await until(
      'replicas follow',
      async () => (await replica.info('replication', 'master_link_status')) === 'up',
    )
  }
  const asker = password === undefined ? {} : { sentinelUsername: 'asker', sentinelPassword: secrets.asker }
  const way = { ...ground.way('+sentinel', sentinels, `/${master}`), ...asker }
  return new Topology(way, [first, ...replicas], owned, sentinels)
}

const lastSlot = 16_383

/** Three masters, and a replica of the one that holds our keys. */
export const startCluster = async (options: TopologyOptions = {}): Promise<Topology> =>
  Ground.with(options, `{${newPrefix()}}`, buildCluster)

async function buildCluster(ground: Ground): Promise<Topology> {
  const member = async (number: number): Promise<{ node: RedisNode; bus: number }> => {
    const bus = await reservedPort()
    const config = [
      'cluster-enabled yes',
      `cluster-config-file nodes-${number}.conf`,
      'cluster-node-timeout 3000',
      `cluster-port ${bus}`,
      ...(ground.tls ? ['tls-cluster yes'] : []),
    ]
    return { node: await ground.server(config), bus }
  }
  const members = await Promise.all([0, 1, 2, 3].map(member))
  const [one, ...others] = members
  if (!one) throw new Error('no members')
  const masters = members.slice(0, 3).map(({ node }) => node)
  for (const [index, { client }] of masters.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * (lastSlot + 1)) / 3))
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Number(to) - 1))
  }
  for (const { node, bus } of others)
    await one.node.client.call('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(bus))
  await untilAgreed(members.map(({ node }) => node))
  const topology = new Topology(ground.way('+cluster', masters), masters, ground.owned)
  const replica = members.at(-1)?.node
  if (replica) await follow(replica, await topology.master())
  return new Topology(topology.way, [...masters, ...(replica ? [replica] : [])], ground.owned)
}

async function untilAgreed(nodes: readonly RedisNode[]): Promise<void> {
  for (const { client } of nodes) {
    await until('the nodes know each other and every slot', async () => {
      const facts = await client.cluster('INFO')
      return facts.includes('cluster_state:ok') && facts.includes(`cluster_known_nodes:${nodes.length}`)
    })
  }
}

async function follow(replica: RedisNode, home: RedisNode): Promise<void> {
  const id = await home.client.cluster('MYID')
  await replica.client.call('CLUSTER', 'REPLICATE', id)
  await until(
    'the replica follows',
    async () => (await replica.info('replication', 'master_link_status')) === 'up',
  )
  // The others must have heard of it, or they would not let it take over.
  await until(
    'the replica is known',
    async () => (await home.info('replication', 'connected_slaves')) === '1',
  )
}
