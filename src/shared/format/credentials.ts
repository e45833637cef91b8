import { countOf } from "./count";

/** What a person has made that calls the API for an organization. */
export interface Credentials {
  keys: number;
  serviceAccounts: number;
}

export const noCredentials: Credentials = { keys: 0, serviceAccounts: 0 };

export function addCredentials(one: Credentials, other: Credentials): Credentials {
  return { keys: one.keys + other.keys, serviceAccounts: one.serviceAccounts + other.serviceAccounts };
}

export function sumOf({ keys, serviceAccounts }: Credentials): number {
  return keys + serviceAccounts;
}

/** "API keys", "service accounts" or both, without their number. */
export function kindsOf({ keys, serviceAccounts }: Credentials): string {
  if (serviceAccounts === 0) return "API keys";
  return keys === 0 ? "service accounts" : "API keys and service accounts";
}

/** "1 API key", "2 API keys and 1 service account". */
export function countCredentials({ keys, serviceAccounts }: Credentials): string {
  const counted = [
    ...(keys > 0 || serviceAccounts === 0 ? [countOf(keys, "API key")] : []),
    ...(serviceAccounts > 0 ? [countOf(serviceAccounts, "service account")] : []),
  ];
  return counted.join(" and ");
}
