// A job of the JavaScript SDK's that makes one call that asks for MFA for each line it reads, with one client all the
// time. What it prints is what `long_job.py` does. MFACLI_TEST_NODE_MODULES says where the SDK is.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.MFACLI_TEST_NODE_MODULES}/`);
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];
const upload = { Bucket: "account-a-bucket", Key: "report.txt", Body: "a report" };

const client = new S3Client({ forcePathStyle: true });
console.log("ready");
for await (const _ of createInterface({ input: process.stdin })) {
  let verdict = "done";
  try {
    await client.send(new PutObjectCommand(upload));
  } catch (refusal) {
    verdict = `denied ${refusal.Code ?? refusal.name}`;
  }
  console.log(verdict, (await client.config.credentials()).accessKeyId);
}
console.log(["keys:", ...KEYS.filter((name) => name in process.env)].join(" "));
