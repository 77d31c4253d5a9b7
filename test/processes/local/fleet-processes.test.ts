import { startSandbox } from '../../../sandbox'
import { sandboxSettings } from '../../../src/processes/local/fleet-processes'

describe('sandboxSettings', () => {
  test('points at what the sandbox serves', async () => {
    await using sandbox = await startSandbox({ port: 0 })
    expect(sandboxSettings(sandbox.url)).toEqual({ CTM_API_URL: sandbox.baseUrl('ctm') })
  })
})
