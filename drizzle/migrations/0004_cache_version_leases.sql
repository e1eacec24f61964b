CREATE TABLE "cache_version_leases" (
	"started_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "cache_invalidations_pending";--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "tag" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "expire_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "recalled_leases" integer;--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "recall_milliseconds" real;--> statement-breakpoint
CREATE UNIQUE INDEX "cache_invalidations_pending_tags" ON "cache_invalidations" USING btree ("txid","cache","tag") WHERE version is null;--> statement-breakpoint
CREATE INDEX "cache_invalidations_tag_id" ON "cache_invalidations" USING btree ("tag","id") WHERE tag <> '';--> statement-breakpoint
CREATE INDEX "cache_invalidations_version" ON "cache_invalidations" USING btree ("version") WHERE tag <> '';--> statement-breakpoint
CREATE INDEX "cache_invalidations_tag_prefix" ON "cache_invalidations" USING btree ("tag","id") WHERE tag like '%*';