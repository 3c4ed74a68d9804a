import type { EndpointTemplate } from './endpoints.js'

/**
 * The public endpoint of each service client, by package and client name as in oracle/oci-typescript-sdk 2.137.1
 * (`lib/<package>/lib/client.ts`). Hosts cannot be guessed from service names, hence the table; it is large, hence a file of its
 * own that nothing else in the library loads.
 */
export const endpointTemplates: Readonly<Record<string, EndpointTemplate>> = {
  'accessgovernancecp.AccessGovernanceCPClient': {
    template: 'https://cp-prod.access-governance.{region}.oci.{secondLevelDomain}',
    basePath: '/20220518',
  },
  'adm.ApplicationDependencyManagementClient': {
    template: 'https://adm.{region}.oci.{secondLevelDomain}',
    basePath: '/20220421',
  },
  'aidataplatform.AiDataPlatformClient': {
    template: 'https://datalake.{region}.oci.{secondLevelDomain}',
    basePath: '/20240831',
  },
  'aidocument.AIServiceDocumentClient': {
    template: 'https://document.aiservice.{region}.oci.{secondLevelDomain}',
    basePath: '/20221109',
  },
  'ailanguage.AIServiceLanguageClient': {
    template: 'https://language.aiservice.{region}.oci.{secondLevelDomain}',
    basePath: '/20221001',
  },
  'aispeech.AIServiceSpeechClient': {
    template: 'https://speech.aiservice.{region}.oci.{secondLevelDomain}',
    basePath: '/20220101',
  },
  'aivision.AIServiceVisionClient': {
    template: 'https://vision.aiservice.{region}.oci.{secondLevelDomain}',
    basePath: '/20220125',
  },
  'analytics.AnalyticsClient': {
    template: 'https://analytics.{region}.ocp.{secondLevelDomain}',
    basePath: '/20190331',
  },
  'announcementsservice.AnnouncementClient': {
    template: 'https://announcements.{region}.{secondLevelDomain}',
    basePath: '/20180904',
  },
  'announcementsservice.AnnouncementSubscriptionClient': {
    template: 'https://announcements.{region}.{secondLevelDomain}',
    basePath: '/20180904',
  },
  'announcementsservice.AnnouncementsPreferencesClient': {
    template: 'https://announcements.{region}.{secondLevelDomain}',
    basePath: '/20180904',
  },
  'announcementsservice.ServiceClient': {
    template: 'https://announcements.{region}.{secondLevelDomain}',
    basePath: '/20180904',
  },
  'apiaccesscontrol.ApiMetadataClient': {
    template: 'https://pactl.{region}.oci.{secondLevelDomain}',
    basePath: '/20241130',
  },
  'apiaccesscontrol.PrivilegedApiControlClient': {
    template: 'https://pactl.{region}.oci.{secondLevelDomain}',
    basePath: '/20241130',
  },
  'apiaccesscontrol.PrivilegedApiRequestsClient': {
    template: 'https://pactl.{region}.oci.{secondLevelDomain}',
    basePath: '/20241130',
  },
  'apiaccesscontrol.PrivilegedApiWorkRequestClient': {
    template: 'https://pactl.{region}.oci.{secondLevelDomain}',
    basePath: '/20241130',
  },
  'apigateway.ApiGatewayClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apigateway.DeploymentClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apigateway.GatewayClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apigateway.SubscribersClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apigateway.UsagePlansClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apigateway.WorkRequestsClient': {
    template: 'https://apigateway.{region}.oci.{secondLevelDomain}',
    basePath: '/20190501',
  },
  'apiplatform.ApiPlatformClient': { template: 'https://apip.{region}.ocp.{secondLevelDomain}', basePath: '/20240829' },
  'apmconfig.ConfigClient': { template: 'https://apm-config.{region}.oci.{secondLevelDomain}', basePath: '/20210201' },
  'apmcontrolplane.ApmDomainClient': {
    template: 'https://apm-cp.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'apmsynthetics.ApmSyntheticClient': {
    template: 'https://apm-synthetic.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'apmtraces.AttributesClient': {
    template: 'https://apm-trace.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'apmtraces.QueryClient': { template: 'https://apm-trace.{region}.oci.{secondLevelDomain}', basePath: '/20200630' },
  'apmtraces.ScheduledQueryClient': {
    template: 'https://apm-trace.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'apmtraces.TraceClient': { template: 'https://apm-trace.{region}.oci.{secondLevelDomain}', basePath: '/20200630' },
  'appmgmtcontrol.AppmgmtControlClient': {
    template: 'https://cp.appmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20210330',
  },
  'artifacts.ArtifactsClient': {
    template: 'https://artifacts.{region}.oci.{secondLevelDomain}',
    basePath: '/20160918',
  },
  'audit.AuditClient': { template: 'https://audit.{region}.{secondLevelDomain}', basePath: '/20190901' },
  'autoscaling.AutoScalingClient': {
    template: 'https://autoscaling.{region}.oci.{secondLevelDomain}',
    basePath: '/20181001',
  },
  'bastion.BastionClient': { template: 'https://bastion.{region}.oci.{secondLevelDomain}', basePath: '/20210331' },
  'batch.BatchComputingClient': { template: 'https://batch.{region}.oci.{secondLevelDomain}', basePath: '/20251031' },
  'bds.BdsClient': { template: 'https://bigdataservice.{region}.oci.{secondLevelDomain}', basePath: '/20190531' },
  'blockchain.BlockchainPlatformClient': {
    template: 'https://blockchain.{region}.oci.{secondLevelDomain}',
    basePath: '/20191010',
  },
  'budget.BudgetClient': { template: 'https://usage.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'budget.CostAdClient': { template: 'https://usage.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'capacitymanagement.CapacityManagementClient': {
    template: 'https://control-center-cp.{region}.oci.{secondLevelDomain}',
    basePath: '/20231107',
    serviceName: 'control-center-cp',
  },
  'capacitymanagement.DemandSignalClient': {
    template: 'https://control-center-cp.{region}.oci.{secondLevelDomain}',
    basePath: '/20231107',
    serviceName: 'control-center-cp',
  },
  'capacitymanagement.InternalDemandSignalClient': {
    template: 'https://control-center-cp.{region}.oci.{secondLevelDomain}',
    basePath: '/20231107',
    serviceName: 'control-center-cp',
  },
  'certificates.CertificatesClient': {
    template: 'https://certificates.{region}.oci.{secondLevelDomain}',
    basePath: '/20210224',
  },
  'certificatesmanagement.CertificatesManagementClient': {
    template: 'https://certificatesmanagement.{region}.oci.{secondLevelDomain}',
    basePath: '/20210224',
  },
  'cims.IncidentClient': {
    template: 'https://incidentmanagement.{region}.oci.{secondLevelDomain}',
    basePath: '/20181231',
  },
  'cloudbridge.CommonClient': {
    template: 'https://cloudbridge.{region}.oci.{secondLevelDomain}',
    basePath: '/20220509',
  },
  'cloudbridge.DiscoveryClient': {
    template: 'https://cloudbridge.{region}.oci.{secondLevelDomain}',
    basePath: '/20220509',
  },
  'cloudbridge.InventoryClient': {
    template: 'https://cloudbridge.{region}.oci.{secondLevelDomain}',
    basePath: '/20220509',
  },
  'cloudbridge.OcbAgentSvcClient': {
    template: 'https://cloudbridge.{region}.oci.{secondLevelDomain}',
    basePath: '/20220509',
  },
  'cloudguard.CloudGuardClient': {
    template: 'https://cloudguard-cp-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20200131',
  },
  'cloudmigrations.MigrationClient': {
    template: 'https://cloudmigration.{region}.oci.{secondLevelDomain}',
    basePath: '/20220919',
  },
  'clusterplacementgroups.ClusterPlacementGroupsCPClient': {
    template: 'https://clusterPlacementGroups.{region}.oci.{secondLevelDomain}',
    basePath: '/20230801',
  },
  'computecloudatcustomer.ComputeCloudAtCustomerClient': {
    template: 'https://ccc.{region}.oci.{secondLevelDomain}',
    basePath: '/20221208',
  },
  'computeinstanceagent.ComputeInstanceAgentClient': {
    template: 'https://iaas.{region}.{secondLevelDomain}',
    basePath: '/20180530',
  },
  'computeinstanceagent.PluginClient': { template: 'https://iaas.{region}.{secondLevelDomain}', basePath: '/20180530' },
  'computeinstanceagent.PluginconfigClient': {
    template: 'https://iaas.{region}.{secondLevelDomain}',
    basePath: '/20180530',
  },
  'containerengine.ContainerEngineClient': {
    template: 'https://containerengine.{region}.oci.{secondLevelDomain}',
    basePath: '/20180222',
  },
  'containerinstances.ContainerInstanceClient': {
    template: 'https://compute-containers.{region}.oci.{secondLevelDomain}',
    basePath: '/20210415',
  },
  'containerregistry.ContainerRegistryClient': {
    template: 'https://ocir.{region}.oci.{secondLevelDomain}',
    basePath: '/20180419',
    serviceName: 'ocir',
  },
  'core.BlockstorageClient': {
    template: 'https://iaas.{region}.{dualStack?ds.oci.:}{secondLevelDomain}',
    basePath: '/20160918',
    serviceName: 'iaas',
  },
  'core.ComputeClient': {
    template: 'https://iaas.{region}.{dualStack?ds.oci.:}{secondLevelDomain}',
    basePath: '/20160918',
    serviceName: 'iaas',
  },
  'core.ComputeManagementClient': {
    template: 'https://iaas.{region}.{dualStack?ds.oci.:}{secondLevelDomain}',
    basePath: '/20160918',
    serviceName: 'iaas',
  },
  'core.VirtualNetworkClient': {
    template: 'https://iaas.{region}.{dualStack?ds.oci.:}{secondLevelDomain}',
    basePath: '/20160918',
    serviceName: 'iaas',
  },
  'costad.CostAdClient': { template: 'https://costad.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'dashboardservice.DashboardClient': {
    template: 'https://dashboard.{region}.oci.{secondLevelDomain}',
    basePath: '/20210731',
  },
  'dashboardservice.DashboardGroupClient': {
    template: 'https://dashboard.{region}.oci.{secondLevelDomain}',
    basePath: '/20210731',
  },
  'database.DatabaseClient': { template: 'https://database.{region}.{secondLevelDomain}', basePath: '/20160918' },
  'databasemanagement.DbManagementClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20201101',
  },
  'databasemanagement.DiagnosabilityClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20201101',
  },
  'databasemanagement.ManagedMySqlDatabasesClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20201101',
  },
  'databasemanagement.PerfhubClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20201101',
  },
  'databasemanagement.SqlTuningClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20201101',
  },
  'databasemigration.DatabaseMigrationClient': {
    template: 'https://odms.{region}.oci.{secondLevelDomain}',
    basePath: '/20230518',
  },
  'databasetools.DatabaseToolsClient': {
    template: 'https://dbtools.{region}.oci.{secondLevelDomain}',
    basePath: '/20201005',
  },
  'databasetoolsruntime.DatabaseToolsRuntimeClient': {
    template: 'https://dbtools.{region}.oci.{secondLevelDomain}',
    basePath: '/20230222',
  },
  'datacatalog.DataCatalogClient': {
    template: 'https://datacatalog.{region}.oci.{secondLevelDomain}',
    basePath: '/20190325',
  },
  'datacc.BaseinfraClient': { template: 'https://datacc.{region}.ocp.{secondLevelDomain}', basePath: '/20251101' },
  'dataflow.DataFlowClient': { template: 'https://dataflow.{region}.oci.{secondLevelDomain}', basePath: '/20200129' },
  'dataintegration.DataIntegrationClient': {
    template: 'https://dataintegration.{region}.oci.{secondLevelDomain}',
    basePath: '/20200430',
  },
  'datalabelingservice.DataLabelingManagementClient': {
    template: 'https://datalabeling-cp.{region}.oci.{secondLevelDomain}',
    basePath: '/20211001',
  },
  'datalabelingservicedataplane.DataLabelingClient': {
    template: 'https://datalabeling-dp.{region}.oci.{secondLevelDomain}',
    basePath: '/20211001',
  },
  'datasafe.DataSafeClient': { template: 'https://datasafe.{region}.oci.{secondLevelDomain}', basePath: '/20181201' },
  'datascience.DataScienceClient': {
    template: 'https://datascience.{region}.oci.{secondLevelDomain}',
    basePath: '/20190101',
  },
  'dblm.DbLifeCycleManagementClient': {
    template: 'https://dbmgmt.{region}.oci.{secondLevelDomain}',
    basePath: '/20240102',
  },
  'dbmulticloud.DbMulticloudAwsProviderClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.DbMulticloudGCPProviderClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.MultiCloudResourceDiscoveryClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDBAzureBlobContainerClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDBAzureBlobMountClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDBAzureConnectorClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDbAzureKeyClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDbAzureVaultAssociationClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.OracleDbAzureVaultClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'dbmulticloud.WorkRequestClient': {
    template: 'https://dbmulticloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20240501',
  },
  'delegateaccesscontrol.DelegateAccessControlClient': {
    template: 'https://delegate-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20230801',
  },
  'delegateaccesscontrol.WorkRequestClient': {
    template: 'https://delegate-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20230801',
  },
  'demandsignal.OccDemandSignalClient': {
    template: 'https://control-center-ds.{region}.oci.{secondLevelDomain}',
    basePath: '/20240430',
    serviceName: 'control-center-ds',
  },
  'demandsignal.OccMetricAlarmClient': {
    template: 'https://control-center-ds.{region}.oci.{secondLevelDomain}',
    basePath: '/20240430',
    serviceName: 'control-center-ds',
  },
  'desktops.DesktopServiceClient': {
    template: 'https://api.desktops.{region}.oci.{secondLevelDomain}',
    basePath: '/20220618',
  },
  'devops.DevopsClient': { template: 'https://devops.{region}.oci.{secondLevelDomain}', basePath: '/20210630' },
  'dif.StackClient': {
    template: 'https://dataintelligencefoundation.{region}.oci.{secondLevelDomain}',
    basePath: '/20250830',
  },
  'disasterrecovery.DisasterRecoveryClient': {
    template: 'https://disaster-recovery.{region}.oci.{secondLevelDomain}',
    basePath: '/20220125',
  },
  'distributeddatabase.DistributedAutonomousDbServiceClient': {
    template: 'https://globaldb.{region}.oci.{secondLevelDomain}',
    basePath: '/20250101',
  },
  'distributeddatabase.DistributedDbPrivateEndpointServiceClient': {
    template: 'https://globaldb.{region}.oci.{secondLevelDomain}',
    basePath: '/20250101',
  },
  'distributeddatabase.DistributedDbServiceClient': {
    template: 'https://globaldb.{region}.oci.{secondLevelDomain}',
    basePath: '/20250101',
  },
  'distributeddatabase.DistributedDbWorkRequestServiceClient': {
    template: 'https://globaldb.{region}.oci.{secondLevelDomain}',
    basePath: '/20250101',
  },
  'dns.DnsClient': { template: 'https://dns.{region}.oci.{secondLevelDomain}', basePath: '/20180115' },
  'email.EmailClient': { template: 'https://ctrl.email.{region}.oci.{secondLevelDomain}', basePath: '/20170907' },
  'emaildataplane.EmailDPClient': {
    template: 'https://cell0.submit.email.{region}.oci.{secondLevelDomain}',
    basePath: '/20220926',
  },
  'emwarehouse.EmWarehouseClient': {
    template: 'https://operationsinsights.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'events.EventsClient': {
    template: 'https://events.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20181201',
    serviceName: 'events',
  },
  'filestorage.FileStorageClient': {
    template: 'https://filestorage.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20171215',
    serviceName: 'filestorage',
  },
  'fleetappsmanagement.FleetAppsManagementAdminClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementCatalogClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementMaintenanceWindowClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementOperationsClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementProvisionClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementRunbooksClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetappsmanagement.FleetAppsManagementWorkRequestClient': {
    template: 'https://fams.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'fleetsoftwareupdate.FleetSoftwareUpdateClient': {
    template: 'https://fleet-software-update.{region}.oci.{secondLevelDomain}',
    basePath: '/20220528',
  },
  'functions.FunctionsInvokeClient': {
    template: 'https://functions.{region}.oci.{secondLevelDomain}',
    basePath: '/20181201',
  },
  'functions.FunctionsManagementClient': {
    template: 'https://functions.{region}.oci.{secondLevelDomain}',
    basePath: '/20181201',
  },
  'fusionapps.FusionApplicationsClient': {
    template: 'https://fusionapps.{region}.oci.{secondLevelDomain}',
    basePath: '/20211201',
  },
  'gdp.GuardedDataPipelineClient': { template: 'https://gdp.{region}.oci.{secondLevelDomain}', basePath: '/20230301' },
  'generativeai.GenerativeAiClient': {
    template: 'https://generativeai.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20231130',
    serviceName: 'generativeai',
  },
  'generativeaiagent.GenerativeAiAgentClient': {
    template: 'https://agent.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20240531',
  },
  'generativeaiagentruntime.GenerativeAiAgentRuntimeClient': {
    template: 'https://agent-runtime.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20240531',
  },
  'generativeaidata.CancelEnrichmentJobClient': {
    template: 'https://inference.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20260325',
  },
  'generativeaidata.GenerateEnrichmentJobClient': {
    template: 'https://inference.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20260325',
  },
  'generativeaidata.GenerateSqlFromNlJobClient': {
    template: 'https://inference.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20260325',
  },
  'generativeaidata.GetEnrichmentJobClient': {
    template: 'https://inference.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20260325',
  },
  'generativeaidata.ListEnrichmentJobsClient': {
    template: 'https://inference.generativeai.{region}.oci.{secondLevelDomain}',
    basePath: '/20260325',
  },
  'generativeaiinference.GenerativeAiInferenceClient': {
    template: 'https://inference.generativeai.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20231130',
    serviceName: 'inference.generativeai',
  },
  'genericartifactscontent.GenericArtifactsContentClient': {
    template: 'https://generic.artifacts.{region}.oci.{secondLevelDomain}',
    basePath: '/20160918',
  },
  'goldengate.GoldenGateClient': {
    template: 'https://goldengate.{region}.oci.{secondLevelDomain}',
    basePath: '/20200407',
  },
  'governancerulescontrolplane.GovernanceRuleClient': {
    template: 'https://governance-rules.organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20220504',
  },
  'governancerulescontrolplane.WorkRequestClient': {
    template: 'https://governance-rules.organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20220504',
  },
  'healthchecks.HealthChecksClient': {
    template: 'https://healthchecks.{region}.oci.{secondLevelDomain}',
    basePath: '/20180501',
  },
  'identity.IdentityClient': { template: 'https://identity.{region}.oci.{secondLevelDomain}', basePath: '/20160918' },
  'identitydataplane.DataplaneClient': { template: 'https://auth.{region}.{secondLevelDomain}', basePath: '/v1' },
  'identitydomains.IdentityDomainsClient': { template: 'https://idcs-guid.identity.oraclecloud.com' },
  'integration.IntegrationInstanceClient': {
    template: 'https://integration.{region}.ocp.{secondLevelDomain}',
    basePath: '/20190131',
  },
  'iot.IotClient': { template: 'https://iot.{region}.oci.{secondLevelDomain}', basePath: '/20250531' },
  'jms.JavaManagementServiceClient': {
    template: 'https://javamanagement.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20210610',
    serviceName: 'javamanagement',
  },
  'jmsjavadownloads.JavaDownloadClient': {
    template:
      'https://{dualStack?download.javamanagement:javamanagementservice-download}.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    serviceName: 'download.javamanagement',
  },
  'jmsutils.JmsUtilsClient': {
    template: 'https://utils.javamanagement.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20250521',
    serviceName: 'utils.javamanagement',
  },
  'keymanagement.EkmClient': { template: 'https://kms.{region}.{secondLevelDomain}' },
  'keymanagement.KmsCryptoClient': { template: 'https://kms.{region}.{secondLevelDomain}' },
  'keymanagement.KmsHsmClusterClient': { template: 'https://kms.{region}.{secondLevelDomain}' },
  'keymanagement.KmsManagementClient': { template: 'https://kms.{region}.{secondLevelDomain}' },
  'keymanagement.KmsVaultClient': { template: 'https://kms.{region}.{secondLevelDomain}' },
  'licensemanager.LicenseManagerClient': {
    template: 'https://licensemanager.{region}.oci.{secondLevelDomain}',
    basePath: '/20220430',
  },
  'limits.LimitsClient': { template: 'https://limits.{region}.oci.{secondLevelDomain}' },
  'limits.QuotasClient': { template: 'https://limits.{region}.oci.{secondLevelDomain}' },
  'limitsincrease.LimitsIncreaseClient': {
    template: 'https://limits.{region}.oci.{secondLevelDomain}',
    basePath: '/20251101',
  },
  'loadbalancer.LoadBalancerClient': { template: 'https://iaas.{region}.{secondLevelDomain}', basePath: '/20170115' },
  'lockbox.LockboxClient': {
    template: 'https://managed-access.{region}.oci.{secondLevelDomain}',
    basePath: '/20220126',
  },
  'loganalytics.LogAnalyticsClient': {
    template: 'https://loganalytics.{region}.oci.{secondLevelDomain}',
    basePath: '/20200601',
  },
  'logging.LoggingManagementClient': {
    template: 'https://logging.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20200531',
    serviceName: 'logging',
  },
  'loggingingestion.LoggingClient': {
    template: 'https://ingestion.logging.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20200831',
  },
  'loggingsearch.LogSearchClient': {
    template: 'https://logging.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20190909',
  },
  'lustrefilestorage.LustreFileStorageClient': {
    template: 'https://lustre-file-storage.{region}.oci.{secondLevelDomain}',
    basePath: '/20250228',
  },
  'managedkafka.KafkaClusterClient': {
    template: 'https://kafka.{region}.oci.{secondLevelDomain}',
    basePath: '/20240901',
  },
  'managementagent.ManagementAgentClient': {
    template: 'https://management-agent.{region}.{dualStack?ds.:}oci.{secondLevelDomain}',
    basePath: '/20200202',
    serviceName: 'management-agent',
  },
  'managementdashboard.DashxApisClient': {
    template: 'https://managementdashboard.{region}.oci.{secondLevelDomain}',
    basePath: '/20200901',
  },
  'marketplace.AccountClient': {
    template: 'https://marketplace.{region}.oci.{secondLevelDomain}',
    basePath: '/20181001',
  },
  'marketplace.MarketplaceClient': {
    template: 'https://marketplace.{region}.oci.{secondLevelDomain}',
    basePath: '/20181001',
  },
  'marketplaceprivateoffer.AttachmentClient': {
    template: 'https://private-offer.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'marketplaceprivateoffer.OfferClient': {
    template: 'https://private-offer.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'marketplacepublisher.MarketplacePublisherClient': {
    template: 'https://marketplace-publisher.{region}.oci.{secondLevelDomain}',
    basePath: '/20241201',
  },
  'mediaservices.MediaServicesClient': {
    template: 'https://mediaservices.{region}.oci.{secondLevelDomain}',
    basePath: '/20211101',
  },
  'mediaservices.MediaStreamClient': {
    template: 'https://mediaservices.{region}.oci.{secondLevelDomain}',
    basePath: '/20211101',
  },
  'mngdmac.MacDeviceClient': { template: 'https://mngdmac.{region}.oci.{secondLevelDomain}', basePath: '/20250320' },
  'mngdmac.MacOrderClient': { template: 'https://mngdmac.{region}.oci.{secondLevelDomain}', basePath: '/20250320' },
  'modeldeployment.ModelDeploymentClient': {
    template: 'https://md.datascience.{region}.oci.{secondLevelDomain}',
    realmTemplates: { oc1: 'https://modeldeployment.{region}.oci.customer-oci.com' },
  },
  'monitoring.MonitoringClient': { template: 'https://telemetry.{region}.{secondLevelDomain}', basePath: '/20180401' },
  'multicloud.MetadataClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.MultiCloudsMetadataClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.MulticloudAlertsClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.MulticloudPoliciesClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.MulticloudResourcesClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.MulticloudsubscriptionsClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.OmhubNetworkAnchorClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'multicloud.OmhubResourceAnchorClient': {
    template: 'https://multicloud.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'mysql.ChannelsClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'mysql.DbBackupsClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'mysql.DbSystemClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'mysql.MysqlaasClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'mysql.ReplicasClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'mysql.WorkRequestsClient': { template: 'https://mysql.{region}.ocp.{secondLevelDomain}', basePath: '/20190415' },
  'networkfirewall.NetworkFirewallClient': {
    template: 'https://network-firewall.{region}.ocs.{secondLevelDomain}',
    basePath: '/20230501',
  },
  'networkloadbalancer.NetworkLoadBalancerClient': {
    template: 'https://network-load-balancer-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20200501',
  },
  'nosql.NosqlClient': { template: 'https://nosql.{region}.oci.{secondLevelDomain}', basePath: '/20190828' },
  'objectstorage.ObjectStorageClient': {
    template: 'https://objectstorage.{region}.{secondLevelDomain}',
    serviceName: 'objectstorage',
    realmTemplates: { oc1: 'https://{namespaceName+Dot}objectstorage.{region}.oci.customer-oci.com' },
  },
  'oce.OceInstanceClient': { template: 'https://cp.oce.{region}.ocp.{secondLevelDomain}', basePath: '/20190912' },
  'ocicontrolcenter.OccMetricsClient': {
    template: 'https://control-center.{region}.oci.{secondLevelDomain}',
    basePath: '/20230515',
  },
  'ocvp.ByolAllocationClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.ByolClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.ClusterClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.DatastoreClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.DatastoreClusterClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.EsxiHostClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.ManagementApplianceClient': {
    template: 'https://ocvps.{region}.oci.{secondLevelDomain}',
    basePath: '/20230701',
  },
  'ocvp.SddcClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'ocvp.WorkRequestClient': { template: 'https://ocvps.{region}.oci.{secondLevelDomain}', basePath: '/20230701' },
  'oda.ManagementClient': {
    template: 'https://digitalassistant-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20190506',
  },
  'oda.OdaClient': { template: 'https://digitalassistant-api.{region}.oci.{secondLevelDomain}', basePath: '/20190506' },
  'oda.OdapackageClient': {
    template: 'https://digitalassistant-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20190506',
  },
  'onesubscription.BillingScheduleClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.CommitmentClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.ComputedUsageClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.InvoiceSummaryClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.OrganizationSubscriptionClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.RatecardClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.SubscribedServiceClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'onesubscription.SubscriptionClient': {
    template: 'https://identity.{region}.oci.{secondLevelDomain}',
    basePath: '/20190111',
  },
  'ons.NotificationControlPlaneClient': {
    template: 'https://notification.{region}.{secondLevelDomain}',
    basePath: '/20181201',
  },
  'ons.NotificationDataPlaneClient': {
    template: 'https://notification.{region}.{secondLevelDomain}',
    basePath: '/20181201',
  },
  'opa.OpaInstanceClient': { template: 'https://process.{region}.oci.{secondLevelDomain}', basePath: '/20210621' },
  'opensearch.OpensearchClusterBackupClient': {
    template: 'https://search-indexing.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'opensearch.OpensearchClusterClient': {
    template: 'https://search-indexing.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'opensearch.OpensearchClusterPipelineClient': {
    template: 'https://search-indexing.{region}.oci.{secondLevelDomain}',
    basePath: '/20180828',
  },
  'operatoraccesscontrol.AccessRequestsClient': {
    template: 'https://operator-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'operatoraccesscontrol.OperatorActionsClient': {
    template: 'https://operator-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'operatoraccesscontrol.OperatorControlAssignmentClient': {
    template: 'https://operator-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'operatoraccesscontrol.OperatorControlClient': {
    template: 'https://operator-access-control.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'opsi.OperationsInsightsClient': {
    template: 'https://operationsinsights.{region}.oci.{secondLevelDomain}',
    basePath: '/20200630',
  },
  'optimizer.OptimizerClient': {
    template: 'https://optimizer.{region}.oci.{secondLevelDomain}',
    basePath: '/20200606',
  },
  'osmanagementhub.DynamicSetClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.EventClient': { template: 'https://osmh.{region}.oci.{secondLevelDomain}', basePath: '/20220901' },
  'osmanagementhub.LifecycleEnvironmentClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.ManagedInstanceClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.ManagedInstanceGroupClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.ManagementStationClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.OnboardingClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.ReportingManagedInstanceClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.ScheduledJobClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.SoftwareSourceClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'osmanagementhub.WorkRequestClient': {
    template: 'https://osmh.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'ospgateway.AddressRuleServiceClient': {
    template: 'https://osp-oci-integ.osp.{region}.oci.{secondLevelDomain}',
    basePath: '/20191001',
  },
  'ospgateway.AddressServiceClient': {
    template: 'https://osp-oci-integ.osp.{region}.oci.{secondLevelDomain}',
    basePath: '/20191001',
  },
  'ospgateway.InvoiceServiceClient': {
    template: 'https://osp-oci-integ.osp.{region}.oci.{secondLevelDomain}',
    basePath: '/20191001',
  },
  'ospgateway.SubscriptionServiceClient': {
    template: 'https://osp-oci-integ.osp.{region}.oci.{secondLevelDomain}',
    basePath: '/20191001',
  },
  'osubbillingschedule.BillingScheduleClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'osuborganizationsubscription.OrganizationSubscriptionClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'osubsubscription.CommitmentClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'osubsubscription.RatecardClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'osubsubscription.SubscriptionClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'osubusage.ComputedUsageClient': {
    template: 'https://csaap-e.oracle.com',
    basePath: '/oalapp/service/onesubs/proxy/20210501',
  },
  'psa.PrivateServiceAccessClient': {
    template: 'https://psasvc.{region}.oci.{secondLevelDomain}',
    basePath: '/20240301',
    serviceName: 'psasvc',
  },
  'psql.PostgresqlClient': { template: 'https://postgresql.{region}.oci.{secondLevelDomain}', basePath: '/20220915' },
  'queue.QueueAdminClient': { template: 'https://messaging.{region}.oci.{secondLevelDomain}', basePath: '/20210201' },
  'queue.QueueClient': { template: 'https://messaging.{region}.oci.{secondLevelDomain}', basePath: '/20210201' },
  'recovery.DatabaseRecoveryClient': {
    template: 'https://recovery.{region}.oci.{secondLevelDomain}',
    basePath: '/20210216',
  },
  'redis.OciCacheBackupClient': { template: 'https://redis.{region}.oci.{secondLevelDomain}', basePath: '/20220315' },
  'redis.OciCacheConfigSetClient': {
    template: 'https://redis.{region}.oci.{secondLevelDomain}',
    basePath: '/20220315',
  },
  'redis.OciCacheDefaultConfigSetClient': {
    template: 'https://redis.{region}.oci.{secondLevelDomain}',
    basePath: '/20220315',
  },
  'redis.OciCacheEngineOptionsClient': {
    template: 'https://redis.{region}.oci.{secondLevelDomain}',
    basePath: '/20220315',
  },
  'redis.OciCacheUserClient': { template: 'https://redis.{region}.oci.{secondLevelDomain}', basePath: '/20220315' },
  'redis.RedisClusterClient': { template: 'https://redis.{region}.oci.{secondLevelDomain}', basePath: '/20220315' },
  'redis.RedisIdentityClient': { template: 'https://redis.{region}.oci.{secondLevelDomain}', basePath: '/20220315' },
  'resourceanalytics.MonitoredRegionClient': {
    template: 'https://resource-analytics.{region}.ocp.{secondLevelDomain}',
    basePath: '/20241031',
  },
  'resourceanalytics.ResourceAnalyticsInstanceClient': {
    template: 'https://resource-analytics.{region}.ocp.{secondLevelDomain}',
    basePath: '/20241031',
  },
  'resourceanalytics.TenancyAttachmentClient': {
    template: 'https://resource-analytics.{region}.ocp.{secondLevelDomain}',
    basePath: '/20241031',
  },
  'resourcemanager.ResourceManagerClient': {
    template: 'https://resourcemanager.{region}.{secondLevelDomain}',
    basePath: '/20180917',
  },
  'resourcescheduler.ScheduleClient': {
    template: 'https://resource-scheduler.{region}.oci.{secondLevelDomain}',
    basePath: '/20240430',
  },
  'resourcesearch.ResourceSearchClient': {
    template: 'https://query.{region}.oci.{secondLevelDomain}',
    basePath: '/20180409',
  },
  'rover.RoverBundleClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'rover.RoverClusterClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'rover.RoverEntitlementClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'rover.RoverNodeClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'rover.ShapeClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'rover.WorkRequestsClient': { template: 'https://rover.{region}.oci.{secondLevelDomain}', basePath: '/20201210' },
  'sch.ConnectorPluginsClient': {
    template: 'https://service-connector-hub.{region}.oci.{secondLevelDomain}',
    basePath: '/20200909',
  },
  'sch.ServiceConnectorClient': {
    template: 'https://service-connector-hub.{region}.oci.{secondLevelDomain}',
    basePath: '/20200909',
  },
  'secrets.SecretsClient': {
    template: 'https://secrets.vaults.{region}.oci.{secondLevelDomain}',
    basePath: '/20190301',
  },
  'securityattribute.SecurityAttributeClient': {
    template: 'https://security-attribute.{region}.oci.{secondLevelDomain}',
    basePath: '/20240815',
  },
  'self.PartnerIntegerationClient': {
    template: 'https://self.{region}.oci.{secondLevelDomain}',
    basePath: '/20260129',
  },
  'self.SubscriptionClient': { template: 'https://self.{region}.oci.{secondLevelDomain}', basePath: '/20260129' },
  'servicecatalog.ServiceCatalogClient': {
    template: 'https://service-catalog.{region}.oci.{secondLevelDomain}',
    basePath: '/20210527',
  },
  'servicemanagerproxy.ServiceManagerProxyClient': {
    template: 'https://smproxy.{region}.ocs.{secondLevelDomain}',
    basePath: '/20210914',
  },
  'stackmonitoring.StackMonitoringClient': {
    template: 'https://stack-monitoring.{region}.oci.{secondLevelDomain}',
    basePath: '/20210330',
  },
  'streaming.StreamAdminClient': {
    template: 'https://streaming.{region}.oci.{secondLevelDomain}',
    basePath: '/20180418',
  },
  'streaming.StreamClient': { template: 'https://streaming.{region}.oci.{secondLevelDomain}', basePath: '/20180418' },
  'tenantmanagercontrolplane.DomainClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.DomainGovernanceClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.GovernanceClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.LinkClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.LinkFeaturesClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.OrdersClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.OrganizationClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.RecipientInvitationClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.SenderInvitationClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.SubscriptionClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'tenantmanagercontrolplane.WorkRequestClient': {
    template: 'https://organizations.{region}.oci.{secondLevelDomain}',
    basePath: '/20230401',
  },
  'threatintelligence.ThreatintelClient': {
    template: 'https://api-threatintel.{region}.oci.{secondLevelDomain}',
    basePath: '/20220901',
  },
  'usage.ResourcesClient': { template: 'https://identity.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'usage.RewardsClient': { template: 'https://identity.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'usage.UsagelimitsClient': { template: 'https://identity.{region}.oci.{secondLevelDomain}', basePath: '/20190111' },
  'usageapi.UsageapiClient': { template: 'https://usageapi.{region}.oci.{secondLevelDomain}', basePath: '/20200107' },
  'vault.VaultsClient': { template: 'https://vaults.{region}.oci.{secondLevelDomain}', basePath: '/20180608' },
  'vbsinst.VbsInstanceClient': { template: 'https://vbstudio.{region}.ocp.{secondLevelDomain}', basePath: '/20180828' },
  'visualbuilder.VbInstanceClient': {
    template: 'https://visualbuilder.{region}.ocp.{secondLevelDomain}',
    basePath: '/20210601',
  },
  'vnmonitoring.VnMonitoringClient': {
    template: 'https://vnca-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20160918',
  },
  'vulnerabilityscanning.VulnerabilityScanningClient': {
    template: 'https://vss-cp-api.{region}.oci.{secondLevelDomain}',
    basePath: '/20210215',
  },
  'waa.WaaClient': { template: 'https://waa.{region}.oci.{secondLevelDomain}', basePath: '/20211230' },
  'waa.WorkRequestClient': { template: 'https://waa.{region}.oci.{secondLevelDomain}', basePath: '/20211230' },
  'waas.RedirectClient': { template: 'https://waas.{region}.oci.{secondLevelDomain}', basePath: '/20181116' },
  'waas.WaasClient': { template: 'https://waas.{region}.oci.{secondLevelDomain}', basePath: '/20181116' },
  'waf.WafClient': { template: 'https://waf.{region}.oci.{secondLevelDomain}', basePath: '/20210930' },
  'wlms.WeblogicManagementServiceClient': {
    template: 'https://api.weblogicmanagement.{region}.oci.{secondLevelDomain}',
    basePath: '/20241101',
  },
  'wlms.WeblogicManagementServiceConfigurationClient': {
    template: 'https://api.weblogicmanagement.{region}.oci.{secondLevelDomain}',
    basePath: '/20241101',
  },
  'workrequests.WorkRequestClient': { template: 'https://iaas.{region}.{secondLevelDomain}', basePath: '/20160918' },
  'zpr.ZprClient': { template: 'https://zpr.{region}.oci.{secondLevelDomain}', basePath: '/20240301' },
}
