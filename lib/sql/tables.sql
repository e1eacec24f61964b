CREATE TABLE "cache_admin_tokens" (
	"hash" char(64) PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cache_invalidations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cache_invalidations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cache" varchar(128) NOT NULL,
	"version" char(8),
	"previous_version" char(8),
	"reason" text,
	"actor" text,
	"source" text,
	"txid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"invalidated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"tag" text DEFAULT '' NOT NULL,
	"expire_seconds" integer DEFAULT 0 NOT NULL,
	"recalled_leases" integer,
	"recall_milliseconds" real,
	CONSTRAINT "cache_invalidations_time" CHECK ("cache_invalidations"."invalidated_at" between '1970-01-01' and '9999-12-31')
);
--> statement-breakpoint
CREATE TABLE "cache_version_leases" (
	"started_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cache_versions" (
	"cache" varchar(128) PRIMARY KEY NOT NULL,
	"version" char(8) NOT NULL,
	CONSTRAINT "cache_versions_cache_name" CHECK ("cache_versions"."cache" ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$')
);
--> statement-breakpoint
CREATE UNIQUE INDEX "cache_invalidations_pending_tags" ON "cache_invalidations" USING btree ("txid","cache","tag") WHERE version is null;--> statement-breakpoint
CREATE INDEX "cache_invalidations_cache_id" ON "cache_invalidations" USING btree ("cache","id");--> statement-breakpoint
CREATE INDEX "cache_invalidations_tag_id" ON "cache_invalidations" USING btree ("tag","id") WHERE tag <> '';--> statement-breakpoint
CREATE INDEX "cache_invalidations_version" ON "cache_invalidations" USING btree ("version") WHERE tag <> '';--> statement-breakpoint
CREATE INDEX "cache_invalidations_tag_prefix" ON "cache_invalidations" USING btree ("tag","id") WHERE tag like '%*';--> statement-breakpoint
CREATE INDEX "cache_invalidations_invalidated_at" ON "cache_invalidations" USING btree ("invalidated_at","cache");