"""Rules of the protocol: one module per mechanism."""

if __name__ == "protocol":  # a checkout's short name for metalab.protocol
    from metalab.checkout import stand_in

    stand_in("protocol")
