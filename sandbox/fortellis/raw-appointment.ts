import { oneOf } from '../random'
import { days } from '../../src/lib/durations'
import { contactOf, dayText, money, placeOf, vinOf, type Making, type Raw, type Snapshot } from './raw'

/** What a copy of an appointment is compared by. */
export function appointmentFacts({ index, chance, at, changed }: Making) {
  const [made = 0, moved, missed] = at
  return {
    apptId: String(7_000 + index),
    date: dayText(made + days(1 + Math.floor(chance('ahead') * 9) + (moved === undefined ? 0 : 2))),
    time: oneOf(['08:30', '10:15', '14:00'], chance('time of day')),
    noShow: missed !== undefined,
    estimate: 5_000 + Math.floor(chance('estimate') * 60_000),
    transport: oneOf(['WAIT', 'SHUTTLE', 'LOANER'], chance('transport')),
    ...changed,
  }
}

/** A service appointment: made, sometimes moved, sometimes not kept. */
export function appointmentAt(making: Making): Snapshot {
  const { index, department, at, customerId } = making
  const facts = appointmentFacts(making)
  const [city, state, postalCode] = placeOf(index)
  const { email, phone } = contactOf(index)
  const raw: Raw = {
    apptId: Number(facts.apptId),
    apptDate: facts.date,
    apptTime: facts.time,
    apptOpenDate: dayText(at[0] ?? 0),
    noShowFlag: facts.noShow,
    waiterFlag: facts.transport === 'WAIT',
    promiseDate: facts.date,
    transportationType: facts.transport,
    seviceAdvisorId: 20 + (index % 5),
    seviceAdvisorName: 'CANARY ADVISOR',
    estimatedRoTotal: money(facts.estimate, index % 2 === 0),
    totalDuration: 1.5,
    originCode: 'WEB',
    comments: 'CANARY COMMENT',
    remarks: 'CANARY REMARK',
    complaintSummary: 'CANARY COMPLAINT',
    apptName: 'CANARY NAME',
    apptCustName: 'CANARY NAME',
    apptContactEmail: email,
    customer: {
      customerId: Number(customerId),
      firstName: 'CANARY FIRST',
      lastName: 'CANARY LAST',
      mobilePhone: Number(phone.replace(/\D/g, '').slice(1)),
      emailAddress: email,
      postalAddress: { addressLine1: 'CANARY STREET 3', cityStateZip: `${city} ${state} ${postalCode}` },
    },
    vehicle: { vin: vinOf(index, department), modelYear: 2021, make: 'SAMPLE', model: 'PICKUP' },
    dropOff: { address: 'CANARY STREET 4', note: 'CANARY NOTE' },
    appointmentDetails: [
      {
        opCode: 'LOF',
        opCodeDesc: 'LUBE OIL FILTER',
        laborType: 'C',
        sale: 49.95,
        serviceDesc: 'CANARY SERVICE',
      },
    ],
  }
  return { id: facts.apptId, raw, isClosed: false, filed: facts.date }
}
