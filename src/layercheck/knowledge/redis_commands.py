"""The methods of `redis.Redis` and `redis.asyncio.Redis` that send a command to the server.

Asked by `blocking` (the synchronous client) and `coroutines` (the asynchronous one). Not here: what only builds or configures
(`pipeline`, `pubsub`, `lock`, `register_script`, `*_iter`). Source: introspection of the command mix-ins of redis-py 8.1.
"""

from __future__ import annotations

_NAMES = (
    "acl_cat acl_deluser acl_dryrun acl_genpass acl_getuser acl_help acl_list acl_load acl_log acl_log_reset acl_save "
    "acl_setuser acl_users acl_whoami append arcount ardel ardelrange arget argetrange argrep arinfo arinsert arlastitems "
    "arlen armget armset arnext arop arring arscan arseek arset auth bgrewriteaof bgsave bitcount bitfield bitfield_ro "
    "bitop bitpos blmove blmovem blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client_getname client_getredir "
    "client_id client_info client_kill client_kill_filter client_list client_no_evict client_no_touch client_pause "
    "client_reply client_setinfo client_setname client_tracking client_tracking_off client_tracking_on client_trackinginfo "
    "client_unblock client_unpause cluster command command_count command_docs command_getkeysandflags command_info "
    "command_list config_get config_resetstat config_rewrite config_set copy dbsize debug_object debug_segfault decr decrby "
    "delete delex digest digest_local dump echo eval eval_ro evalsha evalsha_ro execute_command exists expire expireat "
    "expiretime failover fcall fcall_ro flushall flushdb function_delete function_dump function_flush function_kill "
    "function_list function_load function_restore function_stats geoadd geodist geohash geopos georadius georadiusbymember "
    "geosearch geosearchstore get getbit getdel getex getrange getset hdel hello hexists hexpire hexpireat hexpiretime hget "
    "hgetall hgetdel hgetex himport_discard_all_internal himport_discard_internal himport_prepare_internal himport_set "
    "hincrby hincrbyfloat hkeys hlen hmget hmset hotkeys_get hotkeys_reset hotkeys_start hotkeys_stop hpersist hpexpire "
    "hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex hsetnx hstrlen httl hvals incr incrby incrbyfloat increx "
    "info keys lastsave latency_doctor latency_graph latency_histogram latency_history latency_latest latency_reset lcs "
    "lindex linsert llen lmove lmovem lmpop lolwut lpop lpos lpush lpushx lrange lrem lset ltrim memory_doctor memory_help "
    "memory_malloc_stats memory_purge memory_stats memory_usage mget migrate move mset msetex msetnx object persist pexpire "
    "pexpireat pexpiretime pfadd pfcount pfmerge ping psetex psync pttl publish pubsub_channels pubsub_numpat pubsub_numsub "
    "pubsub_shardchannels pubsub_shardnumsub quit randomkey readonly readwrite rename renamenx replicaof reset restore role "
    "rpop rpoplpush rpush rpushx sadd save scan scard script_debug script_exists script_flush script_kill script_load sdiff "
    "sdiffcard sdiffstore select sentinel sentinel_ckquorum sentinel_failover sentinel_flushconfig "
    "sentinel_get_master_addr_by_name sentinel_master sentinel_masters sentinel_monitor sentinel_remove sentinel_reset "
    "sentinel_sentinels sentinel_set sentinel_slaves set setbit setex setnx setrange shutdown sinter sintercard sinterstore "
    "sismember slaveof slowlog_get slowlog_len slowlog_reset smembers smismember smove sort sort_ro spop spublish "
    "srandmember srem sscan stralgo strlen substr sunion sunioncard sunionstore swapdb sync time touch transaction ttl type "
    "unlink unwatch wait waitaof watch xack xackdel xadd xautoclaim xcfgset xclaim xdel xdelex xgroup_create "
    "xgroup_createconsumer xgroup_delconsumer xgroup_destroy xgroup_setid xinfo_consumers xinfo_groups xinfo_stream xlen "
    "xnack xpending xpending_range xrange xread xreadgroup xrevrange xtrim zadd zcard zcount zdiff zdiffstore zincrby "
    "zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore "
    "zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore "
    "zrevrank zscan zscore zunion zunionstore"
)

REDIS_COMMANDS: frozenset[str] = frozenset(_NAMES.split())
"""Names of the methods."""
