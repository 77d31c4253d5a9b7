import { allAtOnce } from '../../bench/faults/campaign'
import { resultOf, totalOf } from '../../bench/faults/findings'
import { readOptions } from '../../bench/faults/options'
import { faults } from '../../bench/faults/registry'
import { isFaultless } from '../../bench/faults/report'
import { minutes } from '../../src/lib/durations'

jest.setTimeout(minutes(25))

describe('the short form of `npm run faults`', () => {
  test('recovers from every kind of fault, and loses, doubles and leaves stuck nothing', async () => {
    const options = readOptions(['--short'], faults)
    const { signal } = new AbortController()
    const findings = await allAtOnce(options.orders, { ...options, tell: () => undefined, signal })
    const origin = { at: '', command: 'test', seed: options.seed }
    const results = findings.map((finding) => resultOf(finding, origin))

    expect(results.filter((result) => !isFaultless(result))).toEqual([])
    expect(results.map(({ kind, recovered }) => [kind, recovered])).toEqual(
      options.orders.map(({ fault, count }) => [fault.kind, count]),
    )
    // Enough was at stake for that to prove something.
    const witnessed = totalOf(results, 'witnessed')
    expect(witnessed['pages written']).toBeGreaterThan(100)
    expect(witnessed['loads of an account']).toBeGreaterThan(0)
    expect(witnessed['attempts crashed']).toBeGreaterThan(0)
    expect(witnessed['attempts interrupted']).toBeGreaterThan(0)
  })
})
