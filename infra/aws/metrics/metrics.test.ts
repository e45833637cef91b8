import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { regions } from "../spec/cells";
import { namesOf } from "../spec/names";
import { resourcesOf, synthesized } from "../tests/support/synthesized";
import { textOf } from "../tests/support/variables-of";
import { COLLECTOR_MIB, collectorConfig, collectorImage } from "./collector";
import { alertManager, messageTemplate } from "./routes";
import { metricsKept, workspaceRules } from "./rules";

const folder = mkdtempSync(join(tmpdir(), "agathaai-metrics-"));
afterAll(() => rmSync(folder, { recursive: true }));
const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const production = synthesized("production");
const container = z.object({
  Name: z.string(),
  Image: z.unknown(),
  Essential: z.boolean(),
  User: z.string(),
  Memory: z.number().optional(),
  ReadonlyRootFilesystem: z.boolean(),
  RestartPolicy: z.object({ Enabled: z.boolean() }).optional(),
  LinuxParameters: z.object({ Capabilities: z.object({ Drop: z.array(z.string()) }) }),
  Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Secrets: z.array(z.object({ Name: z.string() })).default([]),
});
const tasks = resourcesOf(production, "AWS::ECS::TaskDefinition").map((task) => ({
  ...task,
  containers: z.array(container).parse(task.Properties["ContainerDefinitions"]),
}));
const configOf = (command: "server" | "worker") =>
  collectorConfig({
    command,
    remoteWriteUrl: "https://aps.example.com/api/v1/remote_write",
    region: "eu-west-1",
  });
const parsed = z.object({
  receivers: z.object({
    prometheus: z.object({
      config: z.object({ scrape_configs: z.array(z.record(z.string(), z.unknown())) }).loose(),
    }),
  }),
  processors: z.record(z.string(), z.unknown()),
  exporters: z.record(z.string(), z.unknown()),
  extensions: z.record(z.string(), z.unknown()),
  service: z.object({
    extensions: z.array(z.string()),
    pipelines: z.record(
      z.string(),
      z.object({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    ),
  }),
});

it("beside each server and worker stands a collector, which takes nobody down, can write nowhere and comes from its own region by digest", () => {
  for (const { stack, region, containers } of tasks) {
    const collectors = containers.filter(({ Name }) => Name === "collector");
    if (stack.endsWith("-migrate")) {
      expect(collectors, stack).toEqual([]);
      continue;
    }
    expect(collectors, stack).toMatchObject([
      {
        Essential: false,
        RestartPolicy: { Enabled: true },
        User: "10001:10001",
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ["ALL"] } },
        Memory: COLLECTOR_MIB,
        Secrets: [{ Name: "METRICS_TOKEN" }],
      },
    ]);
    const image = JSON.stringify(collectors[0]?.Image);
    expect(image).toContain(`dkr.ecr.${region}.`);
    expect(image).toContain(`/agathaai-production-collector@${collectorImage().digest}`);
  }
});

it("a collector writes into the workspace of its own placement, and its task may write there and nowhere else", () => {
  for (const { stack, containers } of tasks.filter(({ stack }) => /-(api|worker)$/.test(stack))) {
    const placed = stack.replace(/-(api|worker)$/, "-metrics");
    const collector = containers.find(({ Name }) => Name === "collector");
    const config = textOf(collector?.Environment.find(({ Name }) => Name === "AOT_CONFIG_CONTENT")?.Value);
    expect(config, stack).toContain(`<${placed}:ExportsOutputFnGetAttWorkspacePrometheusEndpoint`);
    const writes = resourcesOf(production, "AWS::IAM::Policy", new RegExp(`^${stack}$`)).flatMap(
      ({ Properties }) => {
        const { Statement } = z
          .object({ Statement: z.array(z.object({ Action: z.unknown(), Resource: z.unknown() })) })
          .parse(Properties["PolicyDocument"]);
        return Statement.filter(({ Action }) => JSON.stringify(Action).includes("aps:"));
      },
    );
    expect(writes, stack).toHaveLength(1);
    expect(writes[0]?.Action).toBe("aps:RemoteWrite");
    expect(textOf(writes[0]?.Resource)).toContain(`<${placed}:ExportsOutputFnGetAttWorkspaceArn`);
  }
});

it.each(["server", "worker"] as const)(
  "the collector of the %s is whole: what a pipeline names is configured, and nothing else is",
  (command) => {
    const { service, ...parts } = parsed.parse(parse(configOf(command)));
    const pipelines = Object.values(service.pipelines);
    for (const kind of ["receivers", "processors", "exporters"] as const)
      expect([...new Set(pipelines.flatMap((part) => part[kind]))].sort()).toEqual(
        Object.keys(parts[kind]).sort(),
      );
    expect(service.extensions.sort()).toEqual(Object.keys(parts.extensions).sort());
    expect(parts.exporters).toMatchObject({
      prometheusremotewrite: { auth: { authenticator: "sigv4auth" }, add_metric_suffixes: false },
    });
    expect(service.pipelines["metrics"]?.processors.at(0)).toBe("memory_limiter");
    expect(service.pipelines["metrics"]?.processors.at(-1)).toBe("batch");
  },
);

it("a collector asks where the product answers: the port and path of its job, with its token", () => {
  const jobOf = (command: "server" | "worker") =>
    parsed.parse(parse(configOf(command))).receivers.prometheus.config.scrape_configs[0];
  const authorization = { type: "Bearer", credentials: ["$", "{env:METRICS_TOKEN}"].join("") };
  expect(jobOf("server")).toMatchObject({
    job_name: "agathaai-server",
    metrics_path: "/api/metrics",
    static_configs: [{ targets: ["127.0.0.1:3000"] }],
    authorization,
  });
  expect(jobOf("worker")).toMatchObject({
    job_name: "agathaai-worker",
    metrics_path: "/metrics",
    static_configs: [{ targets: ["127.0.0.1:9464"] }],
    authorization,
  });
  for (const { stack, containers } of tasks.filter(({ stack }) => /-(api|worker)$/.test(stack))) {
    const given = new Map(containers[0]?.Environment.map(({ Name, Value }) => [Name, Value]));
    const port = stack.endsWith("-api") ? given.get("PORT") : given.get("WORKER_METRICS_PORT");
    expect(port, stack).toBe(stack.endsWith("-api") ? "3000" : "9464");
  }
});

it("every metric that a rule of the workspace asks for is one that the collectors keep", () => {
  const kept = metricsKept();
  const keep = new RegExp(`^(?:${kept.join("|")})$`);
  const asked = workspaceRules().flatMap(
    ({ data }) => data.match(/(?<![:\w])(?:agatha|process|nodejs)_[a-z0-9_]+/g) ?? [],
  );
  expect(asked.length).toBeGreaterThan(30);
  for (const name of asked) expect(name).toMatch(keep);
  for (const name of [
    "agatha_usage_drift_ratio",
    "agatha_http_requests_total",
    "nodejs_eventloop_lag_p99_seconds",
  ])
    expect(kept).toContain(name);
  expect("go_goroutines").not.toMatch(keep);
});

it("each placement has its workspace with both files of rules, and tells the topics of its own region", () => {
  const workspaces = resourcesOf(production, "AWS::APS::Workspace");
  expect(workspaces).toHaveLength(6);
  for (const { stack, region, Properties } of workspaces) {
    expect(
      resourcesOf(production, "AWS::APS::RuleGroupsNamespace", new RegExp(`^${stack}$`))
        .map(({ Properties: { Name } }) => Name)
        .sort(),
    ).toEqual(["alerts", "service-levels"]);
    const told = String(Properties["AlertManagerDefinition"]).match(/arn:aws:sns:[\w:-]+/g) ?? [];
    expect(new Set(told)).toEqual(
      new Set(
        ["critical", "warning", "info"].map(
          (severity) => `arn:aws:sns:${region}:123456789012:agathaai-production-${severity}`,
        ),
      ),
    );
  }
  const policies = JSON.stringify(resourcesOf(production, "AWS::SNS::TopicPolicy"));
  expect(policies.match(/aps\.amazonaws\.com/g)?.length).toBe(12);
});

it.skipIf(!has("promtool"))(
  "promtool, where it is installed, accepts the workspace's rules and the collectors' scrape",
  () => {
    const files = workspaceRules().map(({ file, data }) => write(`${file}.yml`, data));
    const rules = spawnSync("promtool", ["check", "rules", ...files], { encoding: "utf8" });
    expect(rules.status, `${rules.stdout}${rules.stderr}`).toBe(0);
    for (const command of ["server", "worker"] as const) {
      const { config } = parsed.parse(parse(configOf(command))).receivers.prometheus;
      const scrape = spawnSync("promtool", ["check", "config", write(`${command}.yml`, stringify(config))], {
        encoding: "utf8",
      });
      expect(scrape.status, `${scrape.stdout}${scrape.stderr}`).toBe(0);
    }
  },
);

const names = namesOf("production", "123456789012");
const routes = alertManager(names, regions["eu-west-1"], "agathaai-production-euw1-home");

it.skipIf(!has("amtool"))(
  "amtool, where it is installed, sends each severity to its topic, and what has none to the warnings",
  () => {
    const file = write("alertmanager.yml", routes.config);
    // Templates of the workspace are named, not files.
    write("agathaai", messageTemplate("agathaai-production-euw1-home"));
    const check = spawnSync("amtool", ["check-config", file], { encoding: "utf8" });
    expect(check.status, `${check.stdout}${check.stderr}`).toBe(0);
    for (const [label, receiver] of [
      ["severity=critical", "critical"],
      ["severity=warning", "warning"],
      ["severity=info", "info"],
      ["alertname=Unknown", "warning"],
    ] as const) {
      const { stdout } = spawnSync("amtool", ["config", "routes", "test", "--config.file", file, label], {
        encoding: "utf8",
      });
      expect(stdout.trim(), label).toBe(receiver);
    }
  },
);

it.skipIf(!has("amtool"))(
  "amtool, where it is installed, writes a message that is JSON as CloudWatch's alarms are, whatever the summary has in it",
  () => {
    const glob = write("message.tmpl", messageTemplate("agathaai-production-euw1-home"));
    const alert = {
      status: "firing",
      labels: { alertname: "UsageDrift" },
      annotations: { summary: 'a "quoted" \\ name', runbook: "docs/RUNBOOKS.md#usage-drift" },
      startsAt: "2026-11-27T10:00:00Z",
    };
    const data = write(
      "data.json",
      JSON.stringify({
        status: "firing",
        alerts: [alert],
        commonLabels: { alertname: "UsageDrift", priority: "P2" },
      }),
    );
    const render = (template: string) =>
      spawnSync(
        "amtool",
        [
          "template",
          "render",
          `--template.glob=${glob}`,
          `--template.text={{ template "agathaai.${template}" . }}`,
          `--template.data=${data}`,
        ],
        { encoding: "utf8" },
      );
    const { stdout, stderr } = render("message");
    expect(() => JSON.parse(stdout), `${stdout}${stderr}`).not.toThrow();
    expect(JSON.parse(stdout)).toEqual({
      AlarmName: "agathaai-production-euw1-home-UsageDrift",
      AlarmDescription: "a 'quoted' ' name. docs/RUNBOOKS.md#usage-drift",
      NewStateValue: "ALARM",
      NewStateReason: "1 firing, 0 resolved; priority P2",
      StateChangeTime: "2026-11-27T10:00:00.000+0000",
    });
    const subject = render("subject").stdout.trim();
    expect(subject).toBe("firing: agathaai-production-euw1-home UsageDrift");
    expect(subject.length).toBeLessThan(100);
  },
);

it("the collector is one that the delivery copies into each region by the same digest", () => {
  const workflow = readFileSync(
    new URL("../../../.github/workflows/deploy-region.yml", import.meta.url),
    "utf8",
  );
  const copies = workflow.match(/skopeo copy --all --preserve-digests "docker:\/\/\$source"/g) ?? [];
  expect(copies).toHaveLength(2);
  expect(workflow).toContain("infra/docker/collector/Dockerfile");
  const sed = /sed -nE '([^']+)'/.exec(workflow)?.[1] ?? "";
  const { stdout } = spawnSync("sed", ["-nE", sed, "../docker/collector/Dockerfile"], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8",
  });
  const { source, digest } = collectorImage();
  expect(stdout.trim()).toBe(`${source}@${digest}`);
});
