// One call that asks for MFA, by the JavaScript SDK as any program would make it; prints `done`, or `denied` and the
// code. MFACLI_TEST_NODE_MODULES says where the SDK is.
//
//     node protected_calls.mjs stop|put|books INSTANCE [PROFILE]
import { createRequire } from "node:module";

const require = createRequire(`${process.env.MFACLI_TEST_NODE_MODULES}/`);
const [story, instance, profile] = process.argv.slice(2);

const options = () => {
  if (!profile) return {};
  const { fromIni } = require("@aws-sdk/credential-providers");
  return { profile, credentials: fromIni({ profile }) };
};

const stories = {
  stop: () => {
    const { EC2Client, StopInstancesCommand } = require("@aws-sdk/client-ec2");
    return new EC2Client(options()).send(new StopInstancesCommand({ InstanceIds: [instance] }));
  },
  put: () => {
    const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
    const upload = { Bucket: "account-a-bucket", Key: "report.txt", Body: "a report" };
    return new S3Client({ ...options(), forcePathStyle: true }).send(new PutObjectCommand(upload));
  },
  books: () => {
    const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
    const item = { ISBN: { S: "9780141439518" }, Title: { S: "Pride and Prejudice" } };
    return new DynamoDBClient(options()).send(new PutItemCommand({ TableName: "Books", Item: item }));
  },
};

try {
  await stories[story]();
  console.log("done");
} catch (refusal) {
  // EC2's query protocol has its code elsewhere than the others' exceptions have their name.
  console.log("denied", refusal.Code ?? refusal.name);
}
