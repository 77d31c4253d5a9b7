import { StorageUnavailableError } from '../../src/job/errors'
import { isAway, isRefusal, isToldElsewhere } from '../../src/queue/refusals'

describe('isRefusal', () => {
  test.each([
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    'MISCONF Redis is configured to save RDB snapshots, but is unable to persist to disk.',
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down',
    'NOREPLICAS Not enough good replicas to write.',
    "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory > 'maxmemory'.",
  ])('knows a server that takes no writes: %s', (message) => {
    expect(isRefusal(new Error(message))).toBe(true)
    expect(isAway(new Error(message))).toBe(true)
  })

  test.each(['WRONGTYPE Operation against a key', 'NOSCRIPT No matching script.', 'ERR value is READONLY'])(
    'leaves other answers as they are: %s',
    (message) => {
      expect(isAway(new Error(message))).toBe(false)
    },
  )
})

describe('isToldElsewhere', () => {
  test('is true for outages, which connections log, and for nothing else', () => {
    expect(isToldElsewhere(new StorageUnavailableError('Postgres: gone'))).toBe(true)
    expect(isToldElsewhere(new Error('Command timed out'))).toBe(true)
    expect(isToldElsewhere(new StorageUnavailableError('deadlock', { isOutage: false }))).toBe(false)
    expect(isToldElsewhere(new Error('a bug'))).toBe(false)
    expect(isToldElsewhere('nothing')).toBe(false)
  })
})
