/** A demo client: a made-up dealership. */
export interface Dealer {
  /** The client's id in the import files. */
  readonly id: string
  readonly name: string
  readonly timezone: string
  /** From 1; vendors make their own ids from it. */
  readonly number: number
}

const dealer = (number: number, name: string, timezone: string): Dealer => ({
  id: name.toLowerCase().replaceAll(' ', '-'),
  name,
  timezone,
  number,
})

/** The dozen demo clients. Every simulated vendor serves all of them. */
export const dealers: readonly Dealer[] = [
  dealer(1, 'Northgate Motors', 'America/New_York'),
  dealer(2, 'Lakeshore Auto Group', 'America/Chicago'),
  dealer(3, 'Mesa Vista Trucks', 'America/Phoenix'),
  dealer(4, 'Harbor City Imports', 'America/Los_Angeles'),
  dealer(5, 'Prairie Wind Autos', 'America/Denver'),
  dealer(6, 'Bluegrass Car Center', 'America/Kentucky/Louisville'),
  dealer(7, 'Summit Ridge Motors', 'America/Boise'),
  dealer(8, 'Gulf Coast Cars', 'America/Chicago'),
  dealer(9, 'Pine Hollow Autos', 'America/Detroit'),
  dealer(10, 'Aloha Drive Center', 'Pacific/Honolulu'),
  dealer(11, 'Far North Vehicles', 'America/Anchorage'),
  dealer(12, 'Maple Leaf Motors', 'America/Toronto'),
]
