// Two virtual machines on one server, in different modes and with different adapters, on the server's switch: one asks who
// has an address (ARP), then pings it (ICMP) three times; the other answers what it is asked. Time is virtual: round trips
// take the same number of ticks each time. With --pcap talk.pcap the frames can be read by tcpdump or Wireshark.
def sum(bytes) {                                     // the Internet's checksum
    def total = bytes.collate(2).sum { it[0] * 256 + it[1] }
    while (total > 0xffff) total = (total & 0xffff) + (total >> 16)
    [~total >> 8 & 0xff, ~total & 0xff]
}
def ASKER = [10, 0, 0, 1], ANSWERER = [10, 0, 0, 2], NOBODY = [0] * 6, ALL = [0xff] * 6
def arp = ALL + NOBODY + [8, 6] + [0, 1, 8, 0, 6, 4, 0, 1] + NOBODY + ASKER + NOBODY + ANSWERER
def header = [0x45, 0, 0, 60, 0, 1, 0, 0, 64, 1]
def ip = header + sum(header + ASKER + ANSWERER) + ASKER + ANSWERER
def echo = [0, 1, 0, 1] + ('a'..'w').collect { it as char as int } + ('a'..'i').collect { it as char as int }
def ping = NOBODY + NOBODY + [8, 0] + ip + [8, 0] + sum([8, 0] + echo) + echo
