import { Passwords } from '../../src/dashboard/passwords'
import { quickPasswords } from '../support/dashboard'

describe('Passwords', () => {
  test('knows a password by its hash, and no other', async () => {
    const passwords = quickPasswords()
    const hash = await passwords.hash('correct horse')
    expect(hash).toMatch(/^scrypt:16:1:1:[\w-]{22}:[\w-]{43}$/)
    expect(await passwords.verify('correct horse', hash)).toBe(true)
    expect(await passwords.verify('correct house', hash)).toBe(false)
    expect(await passwords.verify('', hash)).toBe(false)
  })

  test('salts: the same password never looks the same', async () => {
    const passwords = quickPasswords()
    expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'))
  })

  test('takes a password in either form of its letters', async () => {
    const passwords = quickPasswords()
    expect(await passwords.verify('caf\u0065\u0301', await passwords.hash('caf\u00e9'))).toBe(true)
  })

  test('finds every password of a user who is not there wrong', async () => {
    expect(await quickPasswords().verify('anything', undefined)).toBe(false)
  })

  test('checks a hash at the cost it was made with', async () => {
    const hash = await quickPasswords().hash('correct horse')
    expect(await new Passwords({ N: 32, r: 2, p: 1 }).verify('correct horse', hash)).toBe(true)
  })

  test('refuses a hash that it cannot read', async () => {
    await expect(quickPasswords().verify('a', 'bcrypt:whatever')).rejects.toThrow('cannot be read')
  })
})
