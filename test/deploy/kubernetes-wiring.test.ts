import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IService } from 'kubernetes-models/v1/Service'
import { ofKind, selects, type Workload, workloadsOf } from './kubernetes-fleet'
import { buildOverlay } from './kubernetes-overlays'

describe.each(['staging', 'production'] as const)('the %s overlay', (overlay) => {
  const manifests = buildOverlay(`deploy/kubernetes/overlays/${overlay}`)
  const workloads = workloadsOf(manifests)
  const processes = workloads.filter(({ name }) => name !== 'migrate')
  const deployments = ofKind<IDeployment>(manifests, 'Deployment')
  const selectedBy = (matchLabels: Record<string, string> = {}): Workload[] =>
    workloads.filter(({ labels }) => selects({ matchLabels }, labels))

  test.each(deployments)('replaces $metadata.name without a gap', ({ metadata, spec }) => {
    expect(spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0)
    expect(selectedBy(spec?.selector.matchLabels).map(({ name }) => name)).toEqual([metadata?.name])
    for (const { labelSelector } of spec?.template.spec?.topologySpreadConstraints ?? [])
      expect(selectedBy(labelSelector?.matchLabels).map(({ name }) => name)).toEqual([metadata?.name])
  })

  test('has a service, a budget and spread pods for each process', () => {
    const names = processes.map(({ name }) => name)
    const services = ofKind<IService>(manifests, 'Service')
    const budgets = ofKind<IPodDisruptionBudget>(manifests, 'PodDisruptionBudget')
    expect(services.map(({ spec }) => selectedBy(spec?.selector).map(({ name }) => name))).toEqual(
      names.map((name) => [name]),
    )
    expect(
      budgets.map(({ spec }) => selectedBy(spec?.selector?.matchLabels).map(({ name }) => name)),
    ).toEqual(names.map((name) => [name]))
    for (const { pod } of processes)
      expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
        'kubernetes.io/hostname',
        'topology.kubernetes.io/zone',
      ])
  })

  test('can always evict a pod, whatever the number of replicas', () => {
    const budgets = ofKind<IPodDisruptionBudget>(manifests, 'PodDisruptionBudget')
    for (const { spec } of budgets) expect(spec).toMatchObject({ maxUnavailable: expect.anything() })
  })

  test('has services and policies that name ports which are there', () => {
    const portsOf = (found: readonly Workload[]) =>
      found.flatMap(({ container }) => (container.ports ?? []).map(({ name }) => name))
    const services = ofKind<IService>(manifests, 'Service').flatMap(({ spec }) =>
      (spec?.ports ?? []).map(({ targetPort }) => [targetPort, portsOf(selectedBy(spec?.selector))] as const),
    )
    const policies = ofKind<INetworkPolicy>(manifests, 'NetworkPolicy').flatMap(({ spec }) =>
      (spec?.ingress ?? [])
        .flatMap(({ ports = [] }) => ports)
        .map(
          ({ port }) =>
            [
              port,
              portsOf(workloads.filter(({ labels }) => selects(spec?.podSelector ?? {}, labels))),
            ] as const,
        ),
    )
    expect(services).toHaveLength(3)
    expect(policies).toHaveLength(3)
    for (const [port, ports] of [...services, ...policies]) expect(ports).toContain(port)
  })

  test('lets nobody talk to anybody but as it says', () => {
    const policies = ofKind<INetworkPolicy>(manifests, 'NetworkPolicy')
    const allowed = (direction: 'egress' | 'ingress') =>
      Object.fromEntries(
        workloads.map(({ name, labels }) => [
          name,
          policies
            .filter(({ spec }) => spec?.[direction] && selects(spec.podSelector ?? {}, labels))
            .map(({ metadata }) => metadata?.name),
        ]),
      )
    expect(policies.find(({ metadata }) => metadata?.name === 'default-deny')?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    })
    expect(allowed('egress')).toEqual({
      scheduler: ['names', 'stores'],
      worker: ['names', 'stores', 'vendors'],
      dashboard: ['names', 'stores'],
      migrate: ['names', 'stores'],
    })
    expect(allowed('ingress')).toEqual({
      scheduler: ['metrics'],
      worker: ['metrics'],
      dashboard: ['visitors', 'metrics'],
      migrate: [],
    })
  })

  test('scales workers by one thing, and leaves the others alone', () => {
    const cpu = ofKind<IHorizontalPodAutoscaler>(manifests, 'HorizontalPodAutoscaler')
    const keda = ofKind<IScaledObject>(manifests, 'ScaledObject')
    const scaled = [
      ...cpu.map(({ spec }) => ({ target: spec?.scaleTargetRef, least: spec?.minReplicas ?? 0 })),
      ...keda.map(({ spec }) => ({ target: spec.scaleTargetRef, least: spec.minReplicaCount ?? 0 })),
    ]
    expect(scaled.map(({ target }) => target)).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
    ])
    // Without a worker nobody takes ticks.
    for (const { least } of scaled) expect(least).toBeGreaterThanOrEqual(1)
    expect(
      Object.fromEntries(deployments.map(({ metadata, spec }) => [metadata?.name, spec?.replicas])),
    ).toEqual({
      scheduler: 2,
      worker: undefined,
      dashboard: overlay === 'staging' ? 1 : 2,
    })
  })
})
