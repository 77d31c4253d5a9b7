import { Health, HealthServer, type Check } from '../../src/telemetry/health'
import type { Logger } from '../../src/telemetry/logger'
import { Metrics } from '../../src/telemetry/metrics'

const logTo = (lines: string[]): Logger => {
  const write = (level: string) => (message: string, facts?: object) => {
    lines.push([level, message, JSON.stringify(facts)].join(' '))
  }
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') }
}

const setup = async (checks: Record<string, Check> = {}) => {
  const metrics = new Metrics('worker')
  const lines: string[] = []
  const health = new Health({
    checks,
    logger: logTo(lines),
    onResult: metrics.dependencyChecked,
    timeout: 50,
  })
  const server = new HealthServer({ port: 0, health, metrics, metricsToken: 'token' })
  const port = await server.start()
  const get = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`http://localhost:${port}${path}`, init)
    return { status: answer.status, text: await answer.text() }
  }
  return { health, metrics, lines, port, get, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

describe('HealthServer', () => {
  test('answers bare statuses and nothing else', async () => {
    await using server = await setup({ redis: async () => 'PONG' })
    expect(await server.get('/healthz')).toEqual({ status: 200, text: 'ok\n' })
    expect(await server.get('/readyz')).toEqual({ status: 200, text: 'ready\n' })
    expect((await server.get('/')).status).toBe(404)
    expect((await server.get('/healthz', { method: 'POST' })).status).toBe(405)
  })

  test('is not ready while a check fails, and logs why, once', async () => {
    let works = false
    await using server = await setup({
      redis: async () => {
        if (!works) throw new Error('gone fishing')
      },
    })
    expect(await server.get('/readyz')).toEqual({ status: 503, text: 'not ready\n' })
    expect((await server.get('/readyz')).status).toBe(503)
    expect((await server.get('/healthz')).status).toBe(200)
    works = true
    expect((await server.get('/readyz')).status).toBe(200)
    expect(server.lines).toEqual([
      expect.stringMatching(/^warn check fails .*"redis".*gone fishing/),
      'info check passes again {"check":"redis"}',
    ])
  })

  test('counts a check that never answers as failed, and aborts it', async () => {
    let aborted = false
    await using server = await setup({
      postgres: (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true))
        }),
    })
    expect((await server.get('/readyz')).status).toBe(503)
    expect(aborted).toBe(true)
    expect(server.lines[0]).toContain('no answer within 50 ms')
  })

  test('shows metrics to who has the token', async () => {
    await using server = await setup({ redis: async () => 'PONG' })
    server.metrics.syncEnded({ jobId: 'ctm', outcome: 'ok', duration: 1500 })
    server.metrics.pageWritten({ jobId: 'ctm', stream: 'calls', counts: { inserted: 7, updated: 0 } })
    server.metrics.slotStarted({ jobId: 'ctm', lateness: 80 })
    server.metrics.runReached({ jobId: 'ctm', state: 'partial' })
    server.metrics.vendorCalled({ vendor: 'ctm', status: 429 })
    await server.get('/readyz')
    expect((await server.get('/metrics')).status).toBe(401)
    const { status, text } = await server.get('/metrics', { headers: { authorization: 'Bearer token' } })
    expect(status).toBe(200)
    expect(text).toContain('syncfleet_syncs_total{job="ctm",outcome="ok",process="worker"} 1')
    expect(text).toContain('syncfleet_sync_duration_seconds_sum{process="worker",job="ctm",outcome="ok"} 1.5')
    expect(text).toContain(
      'syncfleet_records_total{job="ctm",stream="calls",result="inserted",process="worker"} 7',
    )
    expect(text).not.toContain('result="updated"')
    expect(text).toContain('syncfleet_slot_lateness_seconds_bucket{le="0.1",process="worker",job="ctm"} 1')
    expect(text).toContain('syncfleet_runs_total{job="ctm",state="partial",process="worker"} 1')
    expect(text).toContain('syncfleet_vendor_calls_total{vendor="ctm",status="429",process="worker"} 1')
    expect(text).toContain('syncfleet_dependency_up{dependency="redis",process="worker"} 1')
    expect(text).toContain('process_cpu_seconds_total')
  })

  test('names HEALTH_PORT when its port is taken', async () => {
    await using server = await setup()
    const { health, metrics, port } = server
    await using second = new HealthServer({ port, health, metrics, metricsToken: 'token' })
    await expect(second.start()).rejects.toThrow(`HEALTH_PORT: port ${port} is taken`)
  })
})
