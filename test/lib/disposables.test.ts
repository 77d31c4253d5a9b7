import { Disposables } from '../../src/lib/disposables'

describe('Disposables', () => {
  test('go in reverse order of their making, one after the other', async () => {
    const gone: string[] = []
    const owned = new Disposables()
    const thing = (name: string) => ({
      name,
      [Symbol.asyncDispose]: async () => {
        await Promise.resolve()
        gone.push(name)
      },
    })
    expect(owned.use(thing('database')).name).toBe('database')
    owned.defer(() => gone.push('connection'))
    owned.use(thing('consumer'))
    await owned[Symbol.asyncDispose]()
    expect(gone).toEqual(['consumer', 'connection', 'database'])
  })

  test('go although others fail, and the first failure is told', async () => {
    const gone: string[] = []
    const owned = new Disposables()
    owned.defer(() => gone.push('database'))
    owned.defer(() => {
      throw new Error('the connection')
    })
    owned.defer(async () => Promise.reject(new Error('the consumer')))
    await expect(owned[Symbol.asyncDispose]()).rejects.toThrow('the consumer')
    expect(gone).toEqual(['database'])
  })

  test('go once, however often they are told to', async () => {
    let times = 0
    const owned = new Disposables()
    owned.defer(() => (times += 1))
    await owned[Symbol.asyncDispose]()
    await owned[Symbol.asyncDispose]()
    expect(times).toBe(1)
  })
})
