// Runs cases through @cloud-copilot/iam-simulate, in a process of its own, and tells how fast it was.
// Arguments: the package's directory, seconds to run. Input: cases as JSON Lines. Output: one JSON object.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [directory, seconds] = process.argv.slice(2);
const described = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
const entry = described.exports?.["."]?.import ?? described.exports?.import ?? described.module ?? described.main;
const file = typeof entry === "string" ? entry : entry.default;
const { runSimulation } = await import(pathToFileURL(join(directory, file)));

const named = (policies) =>
  (policies ?? []).map((policy, index) => (policy.policy ? policy : { name: `policy ${index}`, policy }));
const bare = (policy) => policy?.policy ?? policy;
const levels = (found) =>
  (found ?? []).map((level, index) => ({ orgIdentifier: `level ${index}`, policies: named([level].flat()) }));
const account = (line) =>
  line.resourceAccount || line.resource.split(":")[4] || String(line.principal).split(":")[4] || "111111111111";

const simulations = readFileSync(0, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((text) => JSON.parse(text))
  .map((line) => ({
    request: {
      principal: line.principal,
      action: line.action,
      resource: { resource: line.resource, accountId: account(line) },
      contextVariables: line.context ?? {},
    },
    identityPolicies: named(line.identityPolicies),
    resourcePolicy: bare(line.resourcePolicy),
    sessionPolicy: bare(line.sessionPolicy),
    permissionBoundaryPolicies: line.boundaries ? named(line.boundaries) : undefined,
    serviceControlPolicies: levels(line.scps),
    resourceControlPolicies: levels(line.rcps),
  }));

const verdicts = [];
for (const simulation of simulations) {
  try {
    verdicts.push((await runSimulation(simulation, {})).overallResult ?? null);
  } catch {
    verdicts.push(null);
  }
}
const taken = simulations.filter((_, index) => verdicts[index]);
let count = 0;
const start = performance.now();
while (taken.length && performance.now() - start < Number(seconds) * 1000) {
  for (const simulation of taken) await runSimulation(simulation, {});
  count += taken.length;
}
const elapsed = (performance.now() - start) / 1000;
console.log(JSON.stringify({ verdicts, perSecond: taken.length ? count / elapsed : 0 }));
