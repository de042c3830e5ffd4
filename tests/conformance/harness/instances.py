"""Brokers with settings of their own, by name. A case asks for one; it starts when the first case needs it."""

INSTANCES = {
    "plain": {},
    "flooded": {},
    "no_memory": {"vm_memory_high_watermark.absolute": "0"},
    "little_memory": {"vm_memory_high_watermark.absolute": "60MB"},
    "no_disk": {"disk_free_limit.absolute": "1000TB"},
    "small_messages": {"max_message_size": "100"},
    "impatient": {"consumer_timeout": "1000"},
    "cr_demo": {"auth_mechanisms.1": "PLAIN", "auth_mechanisms.2": "AMQPLAIN", "auth_mechanisms.3": "RABBIT-CR-DEMO"},
    "unlimited": {"frame_max": "0", "channel_max": "0"},
}
