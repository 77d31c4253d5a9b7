import { StorageUnavailableError } from '../../../src/job/errors'
import { untilStored } from '../../../src/ledger/postgres/until-stored'

const away = new StorageUnavailableError('Postgres: gone')
const never = new AbortController().signal

describe('untilStored', () => {
  test('tries again while Postgres is away', async () => {
    const answers = [away, away]
    const store = async () => {
      const error = answers.shift()
      if (error) throw error
      return 'stored'
    }
    expect(await untilStored(store, never)).toBe('stored')
    expect(answers).toEqual([])
  })

  test('passes on every other error at once', async () => {
    let tries = 0
    const store = async () => {
      tries += 1
      throw new Error('no such column')
    }
    await expect(untilStored(store, never)).rejects.toThrow('no such column')
    expect(tries).toBe(1)
  })

  test('tries once and no more when there is no time to wait', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopping'))
    expect(await untilStored(async () => 'stored', stop.signal)).toBe('stored')
    await expect(untilStored(async () => Promise.reject(away), stop.signal)).rejects.toThrow('stopping')
  })
})
