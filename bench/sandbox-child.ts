import type { Sandbox } from '../sandbox'
import { startSandbox } from '../sandbox'
import type { Vendors } from '../sandbox/vendors'
import type { TruthTables } from '../test/support/conformance/case'
import type { Order, Truth } from './sandbox-apart'

let now = new Date(0)
let sandbox: Sandbox | undefined

process.on('message', (order: Order) => {
  void answerTo(order).then((answer) => process.send?.(answer))
})
// Nobody is left to answer.
process.on('disconnect', () => process.kill(process.pid))

async function answerTo(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'start':
      now = order.epoch
      sandbox = await startSandbox({ port: 0, now: () => now, epoch: order.epoch, ...order.options })
      return sandbox.url
    case 'moveTo':
      now = order.now
      return true
    case 'truth':
      if (!sandbox) throw new Error('not started')
      return truthOf(sandbox.vendors, order.vendor, order.externalId)
    case 'cpu': {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    }
  }
}

function truthOf(vendors: Vendors, vendor: keyof Vendors, externalId: string): Truth {
  if (vendor === 'ctm') {
    const calls = [...vendors.ctm.truth(Number(externalId))].map(({ hash: _hash, ...call }) => call)
    return { ctm_calls: calls }
  }
  const tables: TruthTables = vendors[vendor].truth(externalId)
  return Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows]]))
}
