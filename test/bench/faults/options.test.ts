import { readOptions } from '../../../bench/faults/options'
import { faults } from '../../../bench/faults/registry'

const countsOf = (args: readonly string[]) =>
  Object.fromEntries(readOptions(args, faults).orders.map(({ fault, count }) => [fault.kind, count]))

describe('the options of `npm run faults`', () => {
  test('strike every kind as often as the report needs, unless a count says otherwise', () => {
    const counts = countsOf(['--worker-kills', '7', '--freezes', '0'])

    expect(counts['worker-kill']).toBe(7)
    expect(counts['worker-freeze']).toBeUndefined()
    expect(counts['deploy']).toBe(30)
    expect(Object.keys(counts)).toHaveLength(faults.length - 1)
  })

  test('share a count among the kinds that go by it, those that are left out aside', () => {
    expect(countsOf(['--redis-wipes', '5'])).toMatchObject({ 'redis-flush': 3, 'redis-disk': 2 })
    expect(countsOf(['--redis-wipes', '5', '--only', 'redis-disk'])).toEqual({ 'redis-disk': 5 })
  })

  test('take several kinds by commas or one by one', () => {
    expect(countsOf(['--only', 'deploy,cancel', '--only', 'lost-tick', '--deploys=2'])).toEqual({
      deploy: 2,
      'lost-tick': 10,
      cancel: 30,
    })
  })

  test.each([
    [['--worker-kill', '3'], 'there is no option --worker-kill; did you mean --worker-kills?'],
    [['--deploys', 'many'], '--deploys: expected a whole number from 0 on, got "many"'],
    [['--deploys', '-1'], '--deploys: expected a whole number from 0 on, got "-1"'],
    [['--seed'], '--seed wants a value'],
    [['--workers', '1'], '--workers: expected a whole number from 3 on, got "1"'],
    [['--only', 'worker-kils'], 'there is no fault worker-kils; did you mean worker-kill?'],
    [['--only', 'deploy', '--deploys', '0'], 'nothing to do: every count is 0'],
    [['30'], '"30" belongs to no option'],
  ])('say what is wrong with %j', (args, complaint) => {
    expect(() => readOptions(args, faults)).toThrow(complaint)
  })
})
