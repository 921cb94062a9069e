"""EC2's tables: which parameter names which kind of resource, and which operations go by rules of their own.

After the "Actions, resources, and condition keys for Amazon EC2" page of the Service Authorization Reference. A
parameter such as `VolumeIds` names volumes by itself; what is listed here is the rest.
"""

from __future__ import annotations

# The resource types whose parameters are called like them, as ARNs write them.
TYPES = frozenset(
    """
    application-status-check capacity-block capacity-manager-data-export capacity-reservation
    capacity-reservation-cancellation-quote capacity-reservation-fleet carrier-gateway client-vpn-endpoint
    coip-pool customer-gateway dhcp-options egress-only-internet-gateway export-image-task fleet fpga-image
    image image-usage-report instance instance-connect-endpoint instance-event-window internet-gateway ipam
    ipam-external-resource-verification-token ipam-internet-registry-association ipam-policy ipam-pool
    ipam-pool-allocation ipam-prefix-list-resolver ipam-prefix-list-resolver-target ipam-resource-discovery
    ipam-resource-discovery-association ipam-scope key-pair launch-template local-gateway
    local-gateway-route-table local-gateway-route-table-virtual-interface-group-association
    local-gateway-route-table-vpc-association local-gateway-virtual-interface
    local-gateway-virtual-interface-group mac-modification-task network-acl network-insights-access-scope
    network-insights-access-scope-analysis network-insights-analysis network-insights-path network-interface
    outpost-lag placement-group prefix-list replace-root-volume-task reserved-instances route-server
    route-server-endpoint route-server-peer route-table secondary-interface secondary-network secondary-subnet
    security-group security-group-rule snapshot spot-fleet-request subnet subnet-cidr-reservation
    traffic-mirror-filter traffic-mirror-filter-rule traffic-mirror-session traffic-mirror-target
    transit-gateway transit-gateway-attachment transit-gateway-connect-peer transit-gateway-metering-policy
    transit-gateway-multicast-domain transit-gateway-policy-table transit-gateway-route-table
    transit-gateway-route-table-announcement verified-access-endpoint verified-access-group
    verified-access-instance verified-access-trust-provider volume vpc vpc-block-public-access-exclusion
    vpc-encryption-control vpc-endpoint vpc-peering-connection vpn-concentrator vpn-connection
    vpn-connection-device-type vpn-gateway
    """.split()  # noqa: SIM905 - ninety quoted lines would hide the words
)
# Images and snapshots are shared between accounts, and their ARNs carry none.
WITHOUT_ACCOUNT = frozenset({"image", "snapshot"})

# Parameters that are not called like what they name.
PARAMETERS = {
    "AddMiddleboxAttachmentIds": "transit-gateway-attachment",
    "AddRouteTableIds": "route-table",
    "AddSecurityGroupIds": "security-group",
    "AddSubnetIds": "subnet",
    "AllocationId": "elastic-ip",
    "AllocationIds": "elastic-ip",
    "CertificateArn": "certificate",
    "CurrentIpamScopeId": "ipam-scope",
    "DestinationCapacityReservationId": "capacity-reservation",
    "DestinationIpamScopeId": "ipam-scope",
    "ExclusionId": "vpc-block-public-access-exclusion",
    "FlowLogId": "vpc-flow-log",
    "FlowLogIds": "vpc-flow-log",
    "GroupId": "security-group",
    "GroupIds": "security-group",
    "Groups": "security-group",
    "HostId": "dedicated-host",
    "HostIds": "dedicated-host",
    "Instances": "instance",
    "Ipv4IpamPoolId": "ipam-pool",
    "Ipv6IpamPoolId": "ipam-pool",
    "KeyName": "key-pair",
    "MiddleboxAttachmentIds": "transit-gateway-attachment",
    "NatGatewayId": "natgateway",
    "NatGatewayIds": "natgateway",
    "PeerTransitGatewayId": "transit-gateway",
    "PeerVpcId": "vpc",
    "PeeringAttachmentId": "transit-gateway-attachment",
    "RemoveMiddleboxAttachmentIds": "transit-gateway-attachment",
    "RemoveRouteTableIds": "route-table",
    "RemoveSecurityGroupIds": "security-group",
    "RemoveSubnetIds": "subnet",
    "ReservedInstanceIds": "reserved-instances",
    "SecondaryAllocationIds": "elastic-ip",
    "ServiceId": "vpc-endpoint-service",
    "ServiceIds": "vpc-endpoint-service",
    "SourceCapacityReservationId": "capacity-reservation",
    "SourceIpamPoolId": "ipam-pool",
    "SourceSnapshotIds": "snapshot",
    "SourceTransitGatewayAttachmentId": "transit-gateway-attachment",
    "SpotInstanceRequestIds": "spot-instances-request",
    "TargetRouteTableId": "transit-gateway-route-table",
    "TargetVpcSubnetId": "subnet",
    "TransportTransitGatewayAttachmentId": "transit-gateway-attachment",
}

# Parameters that name things of any kind: an id's beginning tells which.
OF_ANY_TYPE = ("Resources", "ResourceIds", "GatewayId", "VirtualNetworkId")
# What has an unknown beginning is still asked for: only a policy for all of the account's resources fits it.
UNKNOWN_TYPE = "*"
ID_PREFIXES = {
    "acl": "network-acl",
    "ami": "image",
    "cgw": "customer-gateway",
    "cr": "capacity-reservation",
    "dopt": "dhcp-options",
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "fleet": "fleet",
    "h": "dedicated-host",
    "i": "instance",
    "igw": "internet-gateway",
    "key": "key-pair",
    "lt": "launch-template",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pg": "placement-group",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sfr": "spot-fleet-request",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "sir": "spot-instances-request",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "tgw-rtb": "transit-gateway-route-table",
    "vgw": "vpn-gateway",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
    "vpn": "vpn-connection",
}

# Lists of structures that name resources, and under which key.
NESTED = {
    "CreateSnapshots": ("InstanceSpecification", "InstanceId", "instance"),
    "ModifyInstanceCreditSpecification": ("InstanceCreditSpecifications", "InstanceId", "instance"),
    "ModifySecurityGroupRules": ("SecurityGroupRules", "SecurityGroupRuleId", "security-group-rule"),
}

# Operations of which only these parameters name resources that permissions are asked for.
ONLY: dict[str, tuple[str, ...]] = {
    "AcceptTransitGatewayMulticastDomainAssociations": (
        "TransitGatewayAttachmentId",
        "TransitGatewayMulticastDomainId",
    ),
    "AcceptVpcEndpointConnections": ("ServiceId",),
    "CreateCustomerGateway": (),
    "CreateIpamPrefixListResolverTarget": ("IpamPrefixListResolverId",),
    "CreateRoute": ("RouteTableId",),
    "CreateSubnetCidrReservation": ("SubnetId",),
    "GetIpamAddressHistory": ("IpamScopeId",),
    "GetIpamPoolAllocations": ("IpamPoolId",),
    "ModifyInstancePlacement": ("InstanceId", "HostId"),
    "ModifyVpcEndpointPayerResponsibility": ("ServiceId",),
    "ModifyVpnConnection": ("VpnConnectionId",),
    "RejectTransitGatewayMulticastDomainAssociations": (
        "TransitGatewayAttachmentId",
        "TransitGatewayMulticastDomainId",
    ),
    "RejectVpcEndpointConnections": ("ServiceId",),
    "ReleaseIpamPoolAllocation": ("IpamPoolId",),
    "ReplaceRoute": ("RouteTableId",),
    "RevokeSecurityGroupEgress": ("GroupId",),
    "RevokeSecurityGroupIngress": ("GroupId",),
}

# Resources that a call makes, or that only the service can find out: asked for as `TYPE/*` where no parameter names
# one of the type. `Create…` calls make what they are called after by themselves.
UNNAMED: dict[str, tuple[str, ...]] = {
    "AcceptAddressTransfer": ("elastic-ip",),
    "AcceptVpcPeeringConnection": ("vpc",),
    "AllocateAddress": ("elastic-ip",),
    "AllocateHosts": ("dedicated-host",),
    "AssociateAddress": ("elastic-ip",),
    "AssociateEnclaveCertificateIamRole": ("role",),
    "AssociateIpamResourceDiscovery": ("ipam-resource-discovery-association",),
    "AuthorizeSecurityGroupEgress": ("security-group",),
    "AuthorizeSecurityGroupIngress": ("security-group",),
    "CancelDeclarativePoliciesReport": ("declarative-policies-report",),
    "CopyFpgaImage": ("fpga-image",),
    "CopyImage": ("image", "snapshot"),
    "CopySnapshot": ("snapshot",),
    "CopyVolumes": ("volume",),
    "CreateDelegateMacVolumeOwnershipTask": ("mac-modification-task",),
    "CreateFleet": ("fleet", "instance"),
    "CreateFlowLogs": ("vpc-flow-log",),
    "CreateImage": ("image", "snapshot"),
    "CreateInstanceExportTask": ("export-instance-task",),
    "CreateLaunchTemplateVersion": ("launch-template",),
    "CreateMacSystemIntegrityProtectionModificationTask": ("mac-modification-task",),
    "CreateManagedPrefixList": ("prefix-list",),
    "CreateNatGateway": ("natgateway",),
    "CreatePublicIpv4Pool": ("ipv4pool-ec2",),
    "CreateReplaceRootVolumeTask": ("replace-root-volume-task", "volume"),
    "CreateRestoreImageTask": ("image",),
    "CreateSnapshots": ("snapshot", "volume"),
    "CreateSubnetCidrReservation": (),
    "CreateTransitGatewayPeeringAttachment": ("transit-gateway-attachment",),
    "CreateTransitGatewayVpcAttachment": ("transit-gateway-attachment",),
    "CreateVpcEndpointServiceConfiguration": ("vpc-endpoint-service",),
    "DeleteImageUsageReport": ("image-usage-report",),
    "DeleteKeyPair": ("key-pair",),
    "DeleteLaunchTemplate": ("launch-template",),
    "DeleteLaunchTemplateVersions": ("launch-template",),
    "DeletePublicIpv4Pool": ("ipv4pool-ec2",),
    "DeleteSecurityGroup": ("security-group",),
    "DeleteTrafficMirrorFilterRule": ("traffic-mirror-filter",),
    "DeprovisionPublicIpv4PoolCidr": ("ipv4pool-ec2",),
    "DetachNetworkInterface": ("instance", "network-interface"),
    "DisableVgwRoutePropagation": ("vpn-gateway",),
    "DisassociateAddress": ("elastic-ip",),
    "DisassociateEnclaveCertificateIamRole": ("role",),
    "DisassociateIamInstanceProfile": ("instance",),
    "DisassociateNatGatewayAddress": ("elastic-ip",),
    "DisassociateSubnetCidrBlock": ("subnet",),
    "EnableVgwRoutePropagation": ("vpn-gateway",),
    "ExportImage": ("export-image-task",),
    "GetAssociatedIpv6PoolCidrs": ("ipv6pool-ec2",),
    "GetCoipPoolUsage": ("coip-pool",),
    "GetDeclarativePoliciesReportSummary": ("declarative-policies-report",),
    "ImportImage": ("image", "import-image-task"),
    "ImportInstance": ("instance", "volume"),
    "ImportSnapshot": ("import-snapshot-task", "snapshot"),
    "ImportVolume": ("volume",),
    "ModifyLaunchTemplate": ("launch-template",),
    "ModifyTrafficMirrorFilterRule": ("traffic-mirror-filter",),
    "ProvisionPublicIpv4PoolCidr": ("ipv4pool-ec2",),
    "PurchaseCapacityBlock": ("capacity-reservation",),
    "PurchaseHostReservation": ("dedicated-host",),
    "RegisterImage": ("image",),
    "ReleaseAddress": ("elastic-ip",),
    "ReplaceIamInstanceProfileAssociation": ("instance",),
    "ReplaceNetworkAclAssociation": ("subnet",),
    "RequestSpotFleet": ("spot-fleet-request",),
    "RequestSpotInstances": ("spot-instances-request",),
    "RevokeSecurityGroupEgress": ("security-group",),
    "RevokeSecurityGroupIngress": ("security-group",),
    "RunInstances": ("image", "instance", "network-interface", "security-group", "subnet", "volume"),
    "StartNetworkInsightsAccessScopeAnalysis": ("network-insights-access-scope-analysis",),
    "StartNetworkInsightsAnalysis": ("network-insights-analysis",),
    "UpdateSecurityGroupRuleDescriptionsEgress": ("security-group",),
    "UpdateSecurityGroupRuleDescriptionsIngress": ("security-group",),
}

# The few Describe operations that are about one resource; all others are about the account.
DESCRIBES_ONE = frozenset(
    {
        "DescribeCapacityBlockExtensionOfferings",
        "DescribeClientVpnAuthorizationRules",
        "DescribeClientVpnConnections",
        "DescribeClientVpnRoutes",
        "DescribeClientVpnTargetNetworks",
        "DescribeFleetHistory",
        "DescribeFleetInstances",
        "DescribeFpgaImageAttribute",
        "DescribeImageAttribute",
        "DescribeInstanceAttribute",
        "DescribeSecurityGroupReferences",
        "DescribeSnapshotAttribute",
        "DescribeSpotFleetInstances",
        "DescribeSpotFleetRequestHistory",
        "DescribeVolumeAttribute",
        "DescribeVpcAttribute",
        "DescribeVpcEndpointServicePermissions",
    }
)

# Other operations without permissions on single resources, though their parameters name some.
ACCOUNT_WIDE = frozenset(
    {
        "BundleInstance",
        "ConfirmProductInstance",
        "CreateReservedInstancesListing",
        "DeleteSubnetCidrReservation",
        "ExportTransitGatewayRoutes",
        "GetSubnetCidrReservations",
        "GetTransitGatewayAttachmentPropagations",
        "GetTransitGatewayPrefixListReferences",
        "GetTransitGatewayRouteTableAssociations",
        "GetTransitGatewayRouteTablePropagations",
        "ListImagesInRecycleBin",
        "ListSnapshotsInRecycleBin",
        "ListVolumesInRecycleBin",
    }
)
