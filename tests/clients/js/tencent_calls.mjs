// One call that asks for MFA, by Tencent Cloud's JavaScript SDK with the keys of the environment; prints `done`, or
// `denied` and the code. MFACLI_TEST_NODE_MODULES says where the SDK is.
//
//     node tencent_calls.mjs terminate|stop INSTANCE ENDPOINT
import { createRequire } from "node:module";

const require = createRequire(`${process.env.MFACLI_TEST_NODE_MODULES}/`);
const { cvm } = require("tencentcloud-sdk-nodejs-cvm");
const [story, instance, endpoint] = process.argv.slice(2);
const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN } = process.env;

const client = new cvm.v20170312.Client({
  credential: { secretId: TENCENTCLOUD_SECRET_ID, secretKey: TENCENTCLOUD_SECRET_KEY, token: TENCENTCLOUD_TOKEN },
  region: "ap-guangzhou",
  profile: { httpProfile: { protocol: "http://", endpoint: endpoint.replace("http://", "") } },
});
const calls = {
  terminate: () => client.TerminateInstances({ InstanceIds: [instance] }),
  stop: () => client.StopInstances({ InstanceIds: [instance] }),
};

try {
  await calls[story]();
  console.log("done");
} catch (refusal) {
  console.log("denied", refusal.code);
}
