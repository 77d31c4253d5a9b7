import type { SimulatedVendor, VendorAnswer, VendorRequest } from '../../../sandbox/vendor'

/** Gives another answer instead; undefined leaves it as it is. */
export type Alteration = (request: VendorRequest, answer: VendorAnswer) => VendorAnswer | undefined

/**
 * Lets a case change what its vendor answers, where the sandbox itself offers no such thing. Call it in `open`; the function
 * that it returns begins to alter good answers.
 */
export function altering(vendor: SimulatedVendor): (alteration: Alteration) => void {
  const alterations: Alteration[] = []
  const answer = vendor.answer.bind(vendor)
  vendor.answer = (request) => {
    let given = answer(request)
    if (given.status !== 200) return given
    for (const alter of alterations) given = alter(request, given) ?? given
    return given
  }
  return (alteration) => void alterations.push(alteration)
}
