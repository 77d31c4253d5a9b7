import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Config } from '../../config/config'
import { loadConfig } from '../../config/load'
import { environmentSetting, schemaOf } from '../../config/schema'
import { settingsIn } from '../../config/setting'
import { heapLimit } from '../../src/processes/heap-limit'
import { production } from '../config/production'
import { environmentOf, secretFilesOf, workloadsOf } from './kubernetes-fleet'
import { buildOverlay } from './kubernetes-overlays'

/** What settings.md calls required, as files that a Secret would hold. */
const given = production()

/** The configuration that a process of the cluster would load, its Secrets being files of `folder`. */
function configOf(environment: Record<string, string>, folder: string): Config {
  const local = Object.entries(environment).map(([name, value]): [string, string] => {
    if (!name.endsWith('_FILE')) return [name, value]
    const file = join(folder, basename(value))
    writeFileSync(file, `${given[name.replace(/_FILE$/, '')]}\n`)
    return [name, file]
  })
  return loadConfig(Object.fromEntries(local))
}

describe.each(['staging', 'production'] as const)('the %s overlay', (overlay) => {
  const manifests = buildOverlay(`deploy/kubernetes/overlays/${overlay}`)
  const workloads = workloadsOf(manifests)
  const processes = workloads.filter(({ name }) => name !== 'migrate')

  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'syncfleet-kubernetes-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  test('runs every process of the fleet under its own name', () => {
    expect(workloads.map(({ name, container }) => [name, container.args])).toEqual(
      ['scheduler', 'worker', 'dashboard', 'migrate'].map((name) => [name, [name]]),
    )
  })

  test.each(workloads)('gives $name an environment that its process accepts', (workload) => {
    const config = configOf(environmentOf(workload, manifests), folder)
    expect(config.environment).toBe(overlay)
  })

  test.each(workloads)('tells $name nothing that is no setting', (workload) => {
    const settings = [environmentSetting, ...settingsIn(schemaOf(overlay)).map(({ setting }) => setting)]
    const known = settings.flatMap(({ env }) => [env, `${env}_FILE`])
    expect(Object.keys(environmentOf(workload, manifests)).filter((name) => !known.includes(name))).toEqual(
      [],
    )
  })

  test.each(workloads)('has a file for every secret that $name reads, and no other', (workload) => {
    const read = Object.entries(environmentOf(workload, manifests))
      .filter(([name]) => name.endsWith('_FILE'))
      .map(([, path]) => path)
    const mounted = secretFilesOf(workload).filter(({ key }) => key !== undefined)
    expect(mounted.map(({ path }) => path).toSorted()).toEqual(read.toSorted())
  })

  test.each(workloads)('keeps secrets out of what can be read off $name', (workload) => {
    const secret = new Set(
      settingsIn(schemaOf(overlay))
        .filter(({ setting }) => setting.protect)
        .map(({ setting }) => setting.env),
    )
    expect(Object.keys(environmentOf(workload, manifests)).filter((name) => secret.has(name))).toEqual([])
  })

  test.each(workloads)('lets $name do nothing but its work', ({ pod, container }) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      serviceAccountName: 'syncfleet',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test.each(workloads)('runs $name from a pinned image', ({ container }) => {
    expect(container.image).toMatch(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/)
  })

  test.each(workloads)('gives $name more memory than its heap may take', ({ container: { resources } }) => {
    const heap = Number(/=(\d+)$/.exec(heapLimit[0])?.[1])
    const limit = Number(/^(\d+)Mi$/.exec(String(resources?.limits?.['memory']))?.[1])
    expect(limit).toBeGreaterThanOrEqual(heap + 192)
    expect(resources?.limits?.['cpu']).toBeUndefined()
    expect(resources?.requests).toEqual({ cpu: expect.any(String), memory: expect.any(String) })
  })

  test.each(workloads)('stops $name only after its grace', (workload) => {
    const { shutdownGrace } = configOf(environmentOf(workload, manifests), folder)
    const before = workload.container.lifecycle?.preStop?.sleep?.seconds ?? 0
    expect(workload.pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      before + shutdownGrace / 1000 + 10,
    )
  })

  test.each(processes)('probes $name where it listens', (workload) => {
    const { name, container } = workload
    const { healthPort, dashboard } = configOf(environmentOf(workload, manifests), folder)
    const [port, ...others] = container.ports ?? []
    expect(others).toEqual([])
    expect(port?.containerPort).toBe(name === 'dashboard' ? dashboard.port : healthPort)
    const probe = (path: string) => ({ path, port: port?.name })
    expect(container.startupProbe?.httpGet).toEqual(probe('/healthz'))
    expect(container.livenessProbe?.httpGet).toEqual(probe('/healthz'))
    expect(container.readinessProbe?.httpGet).toEqual(probe('/readyz'))
    // A readiness check gives what it looks at two seconds.
    expect(container.readinessProbe?.timeoutSeconds).toBeGreaterThan(2)
  })

  test('mounts secrets where their settings look for them', () => {
    for (const file of workloads.flatMap(secretFilesOf)) {
      const place = file.key === undefined ? file.path : dirname(file.path)
      expect(place).toBe('/run/secrets/syncfleet')
    }
  })
})
