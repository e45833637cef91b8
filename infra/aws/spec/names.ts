import type { Placement, Region } from "./cells";
import type { ProfileName } from "./profiles";

const PRODUCT = "agathaai";

/**
 * Names that more than one stack or region has to know. Written here once, they need no reference between stacks, and no
 * stack waits for another region.
 */
export function namesOf(profile: ProfileName, account: string) {
  const base = `${PRODUCT}-${profile}`;
  const placed = ({ cell, role }: Pick<Placement, "cell" | "role">) => `${base}-${cell.code}-${role}`;
  const bucket = (placement: Pick<Placement, "cell" | "role">, kind: string) =>
    `${placed(placement)}-${kind}-${account}`;
  return {
    base,
    placed,
    database: (placement: Pick<Placement, "cell" | "role">) => `${placed(placement)}-db`,
    databaseArn: (placement: Placement) =>
      `arn:aws:rds:${placement.region.name}:${account}:db:${placed(placement)}-db`,
    objects: (placement: Pick<Placement, "cell" | "role">) => bucket(placement, "objects"),
    evidence: (placement: Pick<Placement, "cell" | "role">) => bucket(placement, "evidence"),
    cluster: (placement: Pick<Placement, "cell" | "role">) => placed(placement),
    clusterArn: (placement: Placement) =>
      `arn:aws:ecs:${placement.region.name}:${account}:cluster/${placed(placement)}`,
    service: (kind: "api" | "worker") => kind,
    function: (placement: Pick<Placement, "cell" | "role">, kind: "standard" | "enterprise") =>
      `${placed(placement)}-${kind}`,
    serviceArn: (placement: Placement, kind: "api" | "worker") =>
      `arn:aws:ecs:${placement.region.name}:${account}:service/${placed(placement)}/${kind}`,
    accessLogs: (region: Region) => `${base}-${region.name}-logs-${account}`,
    trail: (region: Region) => `${base}-${region.name}-trail-${account}`,
    artifacts: (region: Region) => `${base}-${region.name}-artifacts-${account}`,
    vault: (region: Region) => `${base}-${region.name}`,
    vaultArn: (region: Region) =>
      `arn:aws:backup:${region.name}:${account}:backup-vault:${base}-${region.name}`,
    repository: base,
    /** A repository of its own: nothing that is deployed may push it out. */
    collectorRepository: `${base}-collector`,
    /** As the workflow of drills names it. */
    drills: `${base}-drills`,
    /** A key of every region of a cell: `mrk-…` is the same in both. */
    dataKeyArn: (placement: Placement, keyId: string) =>
      `arn:aws:kms:${placement.region.name}:${account}:key/${keyId}`,
    topic: (severity: "critical" | "warning" | "info") => `${base}-${severity}`,
    topicArn: (region: Region, severity: "critical" | "warning" | "info") =>
      `arn:aws:sns:${region.name}:${account}:${base}-${severity}`,
  };
}

export type Names = ReturnType<typeof namesOf>;
