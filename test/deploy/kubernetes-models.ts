import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject'
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { type Manifest, type Value, visit } from './kubernetes-overlays'

const models = {
  'apps/v1 Deployment': Deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 Job': Job,
  'keda.sh/v1alpha1 ScaledObject': ScaledObject,
  'keda.sh/v1alpha1 TriggerAuthentication': TriggerAuthentication,
  'networking.k8s.io/v1 Ingress': Ingress,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 Namespace': Namespace,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
}
const modelOf = new Map<string, { readonly prototype: { validate: () => void } }>(Object.entries(models))

/** What KEDA's postgresql scaler reads; its schema allows any name here. */
const postgresqlTrigger = ['query', 'targetQueryValue', 'activationTargetQueryValue']

/** What an API server that validates strictly would say against an object: wrong types, missing and unknown fields. */
export function problemsOf(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`
  const model = modelOf.get(kind)
  if (!model) return [`${kind}: no such kind`]
  const watched = new WatchedFields()
  try {
    model.prototype.validate.call(watched.watch(manifest))
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  return [...watched.unread(), ...unknownTriggerFields(manifest)]
}

/**
 * The models' schemas let unknown fields pass. Validating looks at every field that a schema knows, though, so those that
 * nobody looked at are unknown.
 */
class WatchedFields {
  readonly #read: { readonly path: string; readonly fields: object; readonly names: Set<string | symbol> }[] =
    []

  watch(value: Value, path = ''): Value {
    if (typeof value !== 'object' || value === null) return value
    const names = new Set<string | symbol>()
    this.#read.push({ path, fields: value, names })
    const watch = this.watch.bind(this)
    const inner = new Map<string, Value>()
    return new Proxy(value, {
      get(target, name): unknown {
        names.add(name)
        const field: unknown = Reflect.get(target, name)
        if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return field
        const known = inner.get(name) ?? watch(field as Value, `${path}/${name}`)
        inner.set(name, known)
        return known
      },
    })
  }

  unread(): string[] {
    return this.#read.flatMap(({ path, fields, names }) =>
      Object.keys(fields)
        .filter((name) => !names.has(name))
        .map((name) => `${path}/${name}: no such field`),
    )
  }
}

function unknownTriggerFields(manifest: Manifest): string[] {
  const problems: string[] = []
  visit(manifest, ({ type, metadata }, path) => {
    if (type !== 'postgresql' || typeof metadata !== 'object' || metadata === null) return
    for (const name of Object.keys(metadata)) {
      if (!postgresqlTrigger.includes(name)) problems.push(`${path}/metadata/${name}: no such field`)
    }
    for (const name of ['query', 'targetQueryValue']) {
      if (!(name in metadata)) problems.push(`${path}/metadata: ${name} is missing`)
    }
  })
  return problems
}
