CREATE TABLE "cache_version_leases" (
	"started_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "recalled_leases" integer;--> statement-breakpoint
ALTER TABLE "cache_invalidations" ADD COLUMN "recall_milliseconds" real;