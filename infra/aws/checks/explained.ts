/** Something that cdk-nag or CloudFormation's validator said, and where. */
export interface Finding {
  /** `AwsSolutions-VPC3`, `AwsSolutions-IAM5[Resource::*]`, `W3010` */
  id: string;
  /** Path of the construct. */
  at: string;
}

export interface Explanation {
  id: RegExp;
  at: RegExp;
  because: string;
}

/**
 * Each exception, with its reason. One that nothing needs any more fails the tests, and so does a finding that no row
 * explains; a wildcard in a policy is such a finding.
 */
export const explained: readonly Explanation[] = [
  {
    id: /^AwsSolutions-VPC3$/,
    at: /-network\/Acl-/,
    because:
      "Lists are the second fence, made of the same ports as MAY_TALK; the specification asks for them.",
  },
  {
    id: /^AwsSolutions-S1$/,
    at: /-log-bucket\/Logs\//,
    because: "The bucket of the access logs: logging it into itself would never end.",
  },
  {
    id: /^AwsSolutions-SMG4$/,
    at: /-home-data\/Owner\//,
    because:
      "The schema's owner is used by migrations alone. It is changed by a runbook with the replicas' standby in mind; processes connect as a role that cannot alter anything.",
  },
  {
    id: /^AwsSolutions-IAM4\[.*AmazonRDSEnhancedMonitoringRole\]$/,
    at: /-data\/Monitoring\//,
    because: "AWS's own policy for enhanced monitoring is the only one that RDS documents.",
  },
  {
    id: /^AwsSolutions-(RDS11|AEC5)$/,
    at: /-data\/(Writer|Reader\d|Standby|Cache)$/,
    because: "Another port hides nothing from who is inside; MAY_TALK says who reaches it.",
  },
  {
    id: /^AwsSolutions-RDS2$/,
    at: /-data\/(Reader\d|Standby)$/,
    because:
      "A replica is encrypted as its source is; CloudFormation refuses StorageEncrypted beside a source.",
  },
  {
    id: /^AwsSolutions-RDS3$/,
    at: /-data\/Reader\d$/,
    because: "Readers stand one in each zone: together they are what Multi-AZ is for one.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::(<(Objects|Evidence)\w+\.Arn>|arn:aws:s3:::agathaai-[a-z0-9-]+-standby-(objects|evidence)-\d+)\/\*\]$/,
    at: /-home-data\/Replication\/DefaultPolicy\//,
    because: "Replication copies every object of two named buckets into two named buckets.",
  },
  {
    id: /^AwsSolutions-RDS(3|10)$/,
    at: /^staging-us-east-1-use1-home-data\/Writer$/,
    because: "Staging holds no customer's data: it stands in one zone and may be deleted.",
  },
  {
    id: /^AwsSolutions-ECS4$/,
    at: /^(small|staging)-us-east-1-use1-home-api\/Cluster\/Resource$/,
    because:
      "Container Insights costs as much as the tasks there: the service's own CPU and memory are watched, and the product's metrics.",
  },
  {
    id: /^AwsSolutions-ECS2$/,
    at: /-(api|worker|migrate)\/(api|worker|migrate)-task\/Resource$/,
    because:
      "What is set openly is no secret: names, addresses and sizes. Every secret comes from Secrets Manager.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::arn:aws:s3:::agathaai-[a-z0-9-]+-(objects|evidence)-\d+\/(audit\/archives\/)?\*\]$/,
    at: /-(api|worker)\/((api|worker)-task\/TaskRole|burst-(standard|enterprise)\/ServiceRole)\/DefaultPolicy\//,
    because: "Any object of the cell's own two buckets; names of objects are made by the product.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-(api|worker|migrate)\/((api|worker)-task\/ExecutionRole|migrate-execution-role)\/DefaultPolicy\//,
    because: "For ecr:GetAuthorizationToken there is no resource; pulling is allowed for the one repository.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-api\/CanaryHook\/ServiceRole\/DefaultPolicy\//,
    because:
      "For cloudwatch:GetMetricData and elasticloadbalancing:DescribeRules there is no resource; both only read.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::<CanaryHook\w+\.Arn>:\*\]$/,
    at: /-api\/Service\/CanaryHookTargetRole\/DefaultPolicy\//,
    because: "ECS calls the hook by any of its versions; the wildcard is behind the function's own ARN.",
  },
  {
    id: /^AwsSolutions-IAM4\[.*(AWSLambdaBasicExecutionRole|AWSLambdaVPCAccessExecutionRole)\]$/,
    at: /-(api|worker)\/(CanaryHook|burst-(standard|enterprise))\/ServiceRole\//,
    because:
      "AWS's own policies for writing a log and for network interfaces, which cannot be named beforehand.",
  },
  {
    id: /^AwsSolutions-IAM4\[.*AmazonECSInfrastructureRolePolicyForLoadBalancers\]$/,
    at: /-api\/Service\/AlternateRole\//,
    because: "AWS's own policy for shifting traffic is what ECS documents for its blue/green roles.",
  },
  {
    id: /^AwsSolutions-IAM4\[.*AWSBackupServiceRolePolicyFor(Backup|Restores)\]$/,
    at: /-backups\/Role\//,
    because: "AWS's own policies for AWS Backup: it restores into resources that have no names yet.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-delivery\/Deployer\/DefaultPolicy\//,
    because: "For ecr:GetAuthorizationToken there is no resource; pushing is allowed to the one repository.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::(<Artifacts\w+\.Arn>\/lambda\/\*|arn:aws:(ecs|lambda|cloudwatch|cloudformation|iam):[a-z0-9-]*:\d+:[a-z-]+[:/](role\/)?(agathaai-)?(production|small|staging)-[^\]]*)\]$/,
    at: /-delivery\/Deployer\/DefaultPolicy\//,
    because:
      "The deployer reaches what begins with the profile's own name: versions, tasks and deployments have names that come with them.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-delivery\/Driller\/DefaultPolicy\//,
    because:
      "For backup:ListRestoreJobs there is no resource: it is a list, and read only in the cells' regions.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-home-recovery\/Execution\/DefaultPolicy\//,
    because:
      "For Application Auto Scaling's targets and CloudWatch's statistics there is no resource to name.",
  },
  {
    id: /^AwsSolutions-IAM5\[Resource::arn:aws:arc-region-switch::\d+:plan\/[a-z0-9-]+:\*\]$/,
    at: /-home-recovery\/Approver\/DefaultPolicy\//,
    because: "AWS adds a suffix of its own to a plan's name; the name before it is this cell's.",
  },
];
