-- Starts versioning the caches of the forum.
-- To reverse it: select stop_cache_versioning('bans'); and likewise for the other three.
select start_cache_versioning('settings');
--> statement-breakpoint
select start_cache_versioning('categories');
--> statement-breakpoint
select start_cache_versioning('permissions');
--> statement-breakpoint
select start_cache_versioning('bans');
