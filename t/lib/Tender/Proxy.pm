package Tender::Proxy;

# Copyright (C) ngx_tender_module contributors

# A proxy with faults, between nginx and Redis.
#
#   my $p = Tender::Proxy->new(to => $t->redis_socket);     # or host:port
#   ... redis_addr => $p->addr ...
#
#   $p->delay(0.2);          each piece waits so long, in both directions
#   $p->cut_after(100);      the connection ends after 100 more bytes of
#                            answers; cut_after(100, 'up'): of commands
#   $p->blackhole(1);        takes everything and passes nothing on
#   $p->refuse(1);           closes each new connection at once
#   $p->drop;                closes the connections there are
#   $p->reset;               the same with RST (TCP only)
#   $p->pass;                no faults any more, for what follows
#   $p->stats;               { accepted, open, up, down } so far
#
# Each of these has taken effect when it returns.  It listens on a unix
# socket, or with tcp => 1 on a port of 127.0.0.1.

use strict;
use warnings;

use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

use Tender::Child;
use Tender::Redis;


sub new {
    my ($class, %opt) = @_;

    my $self = bless { %opt }, $class;
    my $listen;

    $self->{dir} = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);

    if ($self->{tcp}) {
        $listen = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', Listen => 128, ReuseAddr => 1,
        ) or die "cannot listen: $!";

        $self->{addr} = '127.0.0.1:' . $listen->sockport;

    } else {
        my $path = "$self->{dir}/sock";

        $listen = IO::Socket::UNIX->new(Local => $path, Listen => 128)
            or die "cannot listen on $path: $!";
        chmod 0777, $path;
        chmod 0755, "$self->{dir}";

        $self->{addr} = "unix:$path";
    }

    $self->{child} = Tender::Child->serve(sub {
        Tender::Proxy::Loop->new($listen, $_[0], $self->{to})->run;
    });

    return $self;
}


sub addr { $_[0]{addr} }
sub stop { $_[0]{child}->stop }

sub delay     { $_[0]{child}->ask('delay', $_[1]) }
sub cut_after { $_[0]{child}->ask('cut', $_[1], $_[2] || 'down') }
sub blackhole { $_[0]{child}->ask('blackhole', $_[1]) }
sub refuse    { $_[0]{child}->ask('refuse', $_[1]) }
sub drop      { $_[0]{child}->ask('drop') }
sub reset     { $_[0]{child}->ask('reset') }
sub pass      { $_[0]{child}->ask('pass') }
sub stats     { return { split / /, $_[0]{child}->ask('stats') } }


package Tender::Proxy::Loop;

# A pair of connections is { up, down, queue }; a queue entry is one piece
# on its way: [time due, socket to write to, bytes, direction].

use Time::HiRes qw(time);


sub new {
    my ($class, $listen, $control, $to) = @_;

    $SIG{PIPE} = 'IGNORE';

    return bless {
        listen => $listen,
        to     => $to,
        control => $control,
        select => IO::Select->new($listen, $control),
        pairs  => {},
        count  => { accepted => 0, up => 0, down => 0 },
        delay  => 0,
        cut    => {},
        blackhole => 0,
        refuse => 0,
    }, $class;
}


sub run {
    my ($self) = @_;

    while (1) {
        my $due  = $self->next_due;
        my $wait = defined $due ? $due - time() : undef;

        $wait = 0 if defined $wait && $wait < 0;

        for my $sock ($self->{select}->can_read($wait)) {
            if ($sock == $self->{listen}) {
                $self->accept;

            } elsif ($sock == $self->{control}) {
                $self->command or return;

            } else {
                $self->piece($sock);
            }
        }

        $self->deliver;
    }
}


sub accept {
    my ($self) = @_;

    my $client = $self->{listen}->accept or return;

    $self->{count}{accepted}++;

    if ($self->{refuse}) {
        CORE::close $client;
        return;
    }

    my $server = Tender::Redis::connect_to($self->{to});

    if (!$server) {
        CORE::close $client;
        return;
    }

    my $pair = { client => $client, server => $server, queue => [] };

    for my $sock ($client, $server) {
        $self->{pairs}{ fileno $sock } = $pair;
        $self->{select}->add($sock);
    }
}


sub piece {
    my ($self, $sock) = @_;

    my $pair = $self->{pairs}{ fileno $sock // -1 } or return;
    my $up   = $sock == $pair->{client};
    my $n    = sysread $sock, my $bytes, 65536;

    return if $n && $self->{blackhole};

    # an end is passed on behind what is still on its way
    $self->{select}->remove($sock) if !$n;

    push @{ $pair->{queue} }, [
        time() + $self->{delay},
        $up ? $pair->{server} : $pair->{client},
        $n ? $bytes : undef,
        $up ? 'up' : 'down',
    ];
}


# each pair is there under both of its sockets

sub pairs {
    my ($self) = @_;

    my %pairs = map { $_ => $_ } values %{ $self->{pairs} };

    return values %pairs;
}


sub next_due {
    my ($self) = @_;

    my ($first) = sort { $a <=> $b }
                  map  { @{ $_->{queue} } ? $_->{queue}[0][0] : () }
                  $self->pairs;

    return $first;
}


sub deliver {
    my ($self) = @_;

    for my $pair ($self->pairs) {
        my $queue = $pair->{queue};

        while (@$queue && $queue->[0][0] <= time()) {
            $self->write($pair, shift @$queue) or last;
        }
    }
}


# false: the pair is closed

sub write {
    my ($self, $pair, $entry) = @_;

    my (undef, $sock, $bytes, $way) = @$entry;

    if (!defined $bytes) {
        $self->close($pair);
        return 0;
    }

    my $cut = $self->{cut}{$way};

    if (defined $cut) {
        $bytes = substr $bytes, 0, $cut if length $bytes > $cut;
        $self->{cut}{$way} -= length $bytes;
    }

    while (length $bytes) {
        my $n = syswrite $sock, $bytes;

        if (!defined $n) {
            $self->close($pair);
            return 0;
        }

        $self->{count}{$way} += $n;
        substr $bytes, 0, $n, '';
    }

    if (defined $cut && $self->{cut}{$way} <= 0) {
        delete $self->{cut}{$way};
        $self->close($pair);
        return 0;
    }

    return 1;
}


sub close {
    my ($self, $pair, $linger) = @_;

    for my $sock ($pair->{client}, $pair->{server}) {
        my $fd = fileno $sock;

        next if !defined $fd;

        setsockopt $sock, Socket::SOL_SOCKET(), Socket::SO_LINGER(),
                   pack 'ii', 1, 0
            if $linger;

        $self->{select}->remove($sock);
        delete $self->{pairs}{$fd};
        CORE::close $sock;
    }

    $pair->{queue} = [];
}


sub command {
    my ($self) = @_;

    my $control = $self->{control};
    my $line    = readline $control;

    defined $line or return 0;

    my ($word, @args) = split ' ', $line;
    my $answer = 'ok';

    if ($word eq 'delay' || $word eq 'blackhole' || $word eq 'refuse') {
        $self->{$word} = $args[0];

    } elsif ($word eq 'cut') {
        $self->{cut}{ $args[1] } = $args[0];

    } elsif ($word eq 'drop' || $word eq 'reset') {
        $self->close($_, $word eq 'reset') for $self->pairs;

    } elsif ($word eq 'pass') {
        @$self{qw(delay blackhole refuse cut)} = (0, 0, 0, {});

    } elsif ($word eq 'stats') {
        $answer = join ' ', %{ $self->{count} },
                  open => keys(%{ $self->{pairs} }) / 2;
    }

    print $control "$answer\n";

    return 1;
}


1;
