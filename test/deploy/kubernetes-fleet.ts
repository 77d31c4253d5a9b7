import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IJob } from 'kubernetes-models/batch/v1/Job'
import type { IContainer } from 'kubernetes-models/v1/Container'
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec'
import type { Manifest } from './kubernetes-overlays'

/** The objects of one kind, under the type that their model gives them. They must have been validated. */
export const ofKind = <T>(manifests: readonly Manifest[], kind: string): T[] =>
  manifests.filter((manifest) => manifest.kind === kind).map((manifest) => manifest as unknown as T)

/** What runs as a pod: its labels, its pod and its one container. */
export interface Workload {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly pod: IPodSpec
  readonly container: IContainer
}

/** The deployments and jobs of an overlay. */
export const workloadsOf = (manifests: readonly Manifest[]): Workload[] =>
  [...ofKind<IDeployment>(manifests, 'Deployment'), ...ofKind<IJob>(manifests, 'Job')].map(
    ({ metadata, spec }) => {
      const name = metadata?.name ?? ''
      const pod = spec?.template.spec
      const [container, ...others] = pod?.containers ?? []
      if (!pod || !container || others.length > 0) throw new Error(`${name}: expected one container`)
      return { name, labels: spec.template.metadata?.labels ?? {}, pod, container }
    },
  )

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

/** True where a selector takes pods with these labels. An empty one takes all. */
export const selects = (
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Workload['labels'],
): boolean =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    if (operator !== 'In') throw new Error(`operator ${operator} is not understood`)
    return values.includes(labels[key] ?? '')
  })

/** A file inside a container that comes from a Secret. Without a key: any key of it may be a file of that folder. */
export interface SecretFile {
  readonly path: string
  readonly secret: string
  readonly key?: string
}

/** The files that a workload mounts from Secrets. */
export function secretFilesOf({ pod, container }: Workload): SecretFile[] {
  return (pod.volumes ?? []).flatMap(({ name, projected }) => {
    const folder = container.volumeMounts?.find((mount) => mount.name === name)?.mountPath
    return (projected?.sources ?? []).flatMap(({ secret }): SecretFile[] => {
      if (!secret?.name || folder === undefined) return []
      const { name: from, items } = secret
      if (!items) return [{ path: folder, secret: from }]
      return items.map(({ key, path }) => ({ path: `${folder}/${path}`, secret: from, key }))
    })
  })
}

/** The environment of a workload's process: what its config maps say, and what its own container says over them. */
export function environmentOf(
  { container }: Workload,
  manifests: readonly Manifest[],
): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = ofKind<{ metadata: { name: string }; data: Record<string, string> }>(
      manifests,
      'ConfigMap',
    ).find(({ metadata }) => metadata.name === configMapRef?.name)
    if (!map) throw new Error(`there is no config map ${configMapRef?.name}`)
    Object.assign(environment, map.data)
  }
  for (const { name, value } of container.env ?? []) {
    if (value === undefined) throw new Error(`${name}: expected a plain value`)
    environment[name] = value
  }
  return environment
}
