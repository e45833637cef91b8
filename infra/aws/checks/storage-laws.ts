import type { Law } from "./law";

/** What gp3 gives PostgreSQL on RDS below and from 400 GiB. */
const GP3 = { stripedFromGiB: 400, small: { iops: 3_000 }, striped: { minIops: 12_000, maxIops: 64_000 } };
const IOPS_PER_GIB = 500;
const NODE_TYPE =
  /^cache\.(t4g\.(micro|small|medium)|(m6g|m7g|r6g|r7g)\.(large|xlarge|2xlarge|4xlarge|8xlarge|12xlarge|16xlarge)|r6gd\.(xlarge|2xlarge|4xlarge|8xlarge|12xlarge|16xlarge))$/;
const MINUTES_A_WEEK = 7 * 24 * 60;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const COLDER: readonly unknown[] = [
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];

const gp3WithinItsIops: Law = ({ StorageType, AllocatedStorage, Iops, SourceDBInstanceIdentifier }) => {
  // A replica has the storage of its source.
  if (StorageType !== "gp3" || SourceDBInstanceIdentifier !== undefined) return undefined;
  const size = Number(AllocatedStorage);
  if (Iops === undefined) return undefined;
  const iops = Number(Iops);
  if (size < GP3.stripedFromGiB) return `gp3 of ${size} GiB takes no IOPS; it has ${GP3.small.iops}`;
  const most = Math.min(GP3.striped.maxIops, IOPS_PER_GIB * size);
  if (iops < GP3.striped.minIops || iops > most)
    return `gp3 of ${size} GiB has ${GP3.striped.minIops} to ${most} IOPS, not ${iops}`;
  return undefined;
};

/** "sat:07:00-sat:08:00", or "04:00-05:00" for every day, as minutes of the week. */
function minutesOf(window: string): Set<number> | undefined {
  const match = /^(?:([a-z]{3}):)?(\d\d):(\d\d)-(?:([a-z]{3}):)?(\d\d):(\d\d)$/.exec(window);
  if (match === null) return undefined;
  const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = match;
  const days = fromDay === undefined ? DAYS : [fromDay];
  const minutes = new Set<number>();
  for (const day of days) {
    const from = at(day, fromHour, fromMinute);
    let to = at(toDay ?? day, toHour, toMinute);
    if (to <= from) to += toDay === undefined ? 24 * 60 : MINUTES_A_WEEK;
    for (let minute = from; minute < to; minute += 1) minutes.add(minute % MINUTES_A_WEEK);
  }
  return minutes;
}

const at = (day: string, hour?: string, minute?: string) =>
  DAYS.indexOf(day) * 24 * 60 + Number(hour) * 60 + Number(minute);

const windowsApart: Law = ({ PreferredBackupWindow, PreferredMaintenanceWindow }) => {
  if (typeof PreferredBackupWindow !== "string" || typeof PreferredMaintenanceWindow !== "string")
    return undefined;
  const backup = minutesOf(PreferredBackupWindow);
  const maintenance = minutesOf(PreferredMaintenanceWindow);
  if (backup === undefined || maintenance === undefined) return "a window is not a window";
  return [...backup].some((minute) => maintenance.has(minute))
    ? `backups (${PreferredBackupWindow}) and maintenance (${PreferredMaintenanceWindow}) overlap`
    : undefined;
};

const knownNodeType: Law = ({ CacheNodeType }) =>
  typeof CacheNodeType === "string" && !NODE_TYPE.test(CacheNodeType)
    ? `there is no node type ${CacheNodeType}`
    : undefined;

const replicasCannotManagePasswords: Law = ({ ManageMasterUserPassword }) =>
  ManageMasterUserPassword === true ? "RDS then refuses read replicas" : undefined;

interface Lifecycle {
  Rules?: {
    Id?: string;
    ExpirationInDays?: number;
    Transitions?: { StorageClass: string; TransitionInDays: number }[];
  }[];
}

const expiresAfterItIsCold: Law = ({ LifecycleConfiguration }) => {
  const { Rules = [] } = (LifecycleConfiguration ?? {}) as Lifecycle;
  for (const { Id, ExpirationInDays, Transitions = [] } of Rules) {
    for (const { StorageClass, TransitionInDays } of Transitions) {
      if (!COLDER.includes(StorageClass)) return `${Id}: there is no storage class ${StorageClass}`;
      if (ExpirationInDays !== undefined && ExpirationInDays <= TransitionInDays)
        return `${Id}: expires on day ${ExpirationInDays}, before it moves on day ${TransitionInDays}`;
      if (TransitionInDays < 30 && /_IA$/.test(StorageClass))
        return `${Id}: ${StorageClass} takes objects from day 30 on`;
    }
  }
  return undefined;
};

export const storageLaws: Record<string, readonly Law[]> = {
  "AWS::RDS::DBInstance": [gp3WithinItsIops, windowsApart, replicasCannotManagePasswords],
  "AWS::ElastiCache::ReplicationGroup": [knownNodeType],
  "AWS::S3::Bucket": [expiresAfterItIsCold],
};
