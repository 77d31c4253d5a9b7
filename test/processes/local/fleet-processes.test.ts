import { sandboxSettings, startSandbox } from '../../../sandbox'

describe('sandboxSettings', () => {
  test('points at what the sandbox serves', async () => {
    await using sandbox = await startSandbox({ port: 0 })
    expect(sandboxSettings(sandbox.url)).toMatchObject({ CTM_API_URL: sandbox.baseUrl('ctm') })
  })
})
