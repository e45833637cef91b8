import type { Law } from "./law";

/** Memory that Fargate has for each size of processor, in MiB. */
const FARGATE: Record<string, (memory: number) => boolean> = {
  256: (memory) => [512, 1_024, 2_048].includes(memory),
  512: (memory) => steps(memory, 1_024, 4_096),
  1024: (memory) => steps(memory, 2_048, 8_192),
  2048: (memory) => steps(memory, 4_096, 16_384),
  4096: (memory) => steps(memory, 8_192, 30_720),
};
const LAMBDA_MEMORY = { min: 128, max: 10_240 };
const LAMBDA_SECONDS = 900;
/** The policies of a balancer that we let in: TLS 1.2 for Route 53's checks, 1.3 for everybody else. */
const TLS_POLICIES = [
  "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
  "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  "ELBSecurityPolicy-TLS13-1-3-2021-06",
  "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
];
const FIELDS = 6;

const steps = (memory: number, from: number, to: number) =>
  memory >= from && memory <= to && memory % 1_024 === 0;

const lambdaFits: Law = ({ MemorySize, Timeout }) => {
  const memory = Number(MemorySize ?? LAMBDA_MEMORY.min);
  if (memory < LAMBDA_MEMORY.min || memory > LAMBDA_MEMORY.max)
    return `Lambda has ${LAMBDA_MEMORY.min} to ${LAMBDA_MEMORY.max} MiB, not ${memory}`;
  return Number(Timeout ?? 3) > LAMBDA_SECONDS ? `Lambda ends after ${LAMBDA_SECONDS} s` : undefined;
};

const fargateFits: Law = ({ Cpu, Memory }) =>
  FARGATE[String(Cpu)]?.(Number(Memory)) ? undefined : `Fargate has no ${Cpu} units with ${Memory} MiB`;

const knownTls: Law = ({ Protocol, SslPolicy }) => {
  if (Protocol !== "HTTPS") return undefined;
  return TLS_POLICIES.includes(String(SslPolicy)) ? undefined : `there is no TLS policy ${SslPolicy} for us`;
};

/** AWS's cron: minutes hours day-of-month month day-of-week year, and one of the two days is "?". */
export function cronProblem(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null)
    return (rate[1] === "1") === (rate[3] === "") ? undefined : `${expression}: singular or plural`;
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron === null) return /^at\(/.test(expression) ? undefined : `${expression} is neither cron nor rate`;
  const fields = (cron[1] ?? "").trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  if (fields.length !== FIELDS) return `${expression} has ${fields.length} fields, not ${FIELDS}`;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) return `${expression}: exactly one of the days is "?"`;
  const bad = (
    [
      [minute, 0, 59],
      [hour, 0, 23],
      [dayOfMonth, 1, 31],
      [month, 1, 12],
      [dayOfWeek, 1, 7],
      [year, 1970, 2199],
    ] as const
  ).find(([field, from, to]) => !inRange(field, from, to));
  return bad === undefined ? undefined : `${expression}: ${bad[0]} is out of range`;
}

const NAMES = /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)$/;

function inRange(field: string, from: number, to: number): boolean {
  return field
    .split(",")
    .every((part) =>
      part
        .split(/[-/]/)
        .every(
          (one) =>
            one === "*" ||
            one === "?" ||
            NAMES.test(one) ||
            (/^\d+(#[1-5]|L|W)?$/.test(one) &&
              Number.parseInt(one, 10) >= from &&
              Number.parseInt(one, 10) <= to),
        ),
    );
}

const scheduled: Law = ({ ScheduleExpression }) =>
  typeof ScheduleExpression === "string" ? cronProblem(ScheduleExpression) : undefined;

const plannedBackups: Law = ({ BackupPlan }) => {
  const { BackupPlanRule = [] } = (BackupPlan ?? {}) as {
    BackupPlanRule?: { ScheduleExpression?: string; Lifecycle?: Record<string, number> }[];
  };
  for (const { ScheduleExpression, Lifecycle } of BackupPlanRule) {
    const problem = ScheduleExpression === undefined ? undefined : cronProblem(ScheduleExpression);
    if (problem !== undefined) return problem;
    const cold = Lifecycle?.["MoveToColdStorageAfterDays"];
    const end = Lifecycle?.["DeleteAfterDays"];
    if (cold !== undefined && end !== undefined && end < cold + 90)
      return "what is moved to cold storage stays there for 90 days";
  }
  return undefined;
};

export const computeLaws: Record<string, readonly Law[]> = {
  "AWS::Lambda::Function": [lambdaFits],
  "AWS::ECS::TaskDefinition": [fargateFits],
  "AWS::ElasticLoadBalancingV2::Listener": [knownTls],
  "AWS::Events::Rule": [scheduled],
  "AWS::Scheduler::Schedule": [scheduled],
  "AWS::Backup::RestoreTestingPlan": [scheduled],
  "AWS::Backup::BackupPlan": [plannedBackups],
};
