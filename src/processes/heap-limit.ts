/**
 * What Node is told for every process of the fleet. Left to itself it takes its bearings from the machine's memory, and
 * lets a worker's heap grow to several times what it needs before it collects.
 */
export const heapLimit = ['--max-old-space-size=512'] as const
