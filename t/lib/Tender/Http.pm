package Tender::Http;

# Copyright (C) ngx_tender_module contributors

# A small HTTP/1.1 client on one connection.
#
#   my $c = Tender::Http->new(port => 8080);          # keep-alive
#   my $c = Tender::Http->new(port => 8080, close => 1);
#   my $r = $c->get($path, \%headers);
#   my $r = $c->post($path, $body, \%headers);        # put, patch alike
#   my $r = $c->request($method, $path, \%headers, $body);
#
# A body that is a reference is sent as JSON.  Content-Type is
# application/json unless the headers say otherwise; a header with the value
# undef is not sent; a value that is a list is sent as several lines.
#
# The answer has status, reason, header($name), headers (a list of pairs),
# body (bytes), json (decoded, dies if it is not JSON), head (bytes before
# the body), elapsed (seconds).  An answer that does not come gives status 0
# and the cause as body.

use strict;
use warnings;

use IO::Socket::INET;
use IO::Select;
use JSON::PP ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(time);


my $json = JSON::PP->new->utf8->canonical->allow_nonref;


sub new {
    my ($class, %opt) = @_;

    return bless {
        host    => '127.0.0.1',
        timeout => 10,
        %opt,
    }, $class;
}


sub get    { my $c = shift; $c->request('GET', @_) }
sub head   { my $c = shift; $c->request('HEAD', @_) }
sub delete { my $c = shift; $c->request('DELETE', @_) }
sub post   { my $c = shift; $c->request('POST', @_[0, 2, 1]) }
sub put    { my $c = shift; $c->request('PUT', @_[0, 2, 1]) }
sub patch  { my $c = shift; $c->request('PATCH', @_[0, 2, 1]) }


sub request {
    my ($self, $method, $path, $headers, $body) = @_;

    my $start = time();
    my $bytes = $self->format($method, $path, $headers, $body);
    my $r     = eval { $self->send($bytes); $self->receive($method) };

    if (!$r) {
        my $why = $@;

        # the server may have closed a kept connection: once more, afresh
        if ($self->{used} && $why =~ /^closed before/) {
            $self->close;
            $r = eval { $self->send($bytes); $self->receive($method) };
            $why = $@;
        }

        $self->close if !$r;
        $r ||= Tender::Http::Answer->new(status => 0, body => $why);
    }

    $r->{elapsed} = time() - $start;

    return $r;
}


sub format {
    my ($self, $method, $path, $headers, $body) = @_;

    my %given = map { lc($_) => 1 } keys %{ $headers || {} };
    my @lines;

    $body = $json->encode($body) if ref $body;

    push @lines, "Host: $self->{host}:$self->{port}" if !$given{host};

    if (defined $body) {
        push @lines, 'Content-Type: application/json'
            if !$given{'content-type'};
        push @lines, 'Content-Length: ' . length $body
            if !$given{'content-length'} && !$given{'transfer-encoding'};
    }

    push @lines, 'Connection: close'
        if $self->{close} && !$given{connection};

    for my $name (sort keys %{ $headers || {} }) {
        my $value = $headers->{$name};

        push @lines, map { "$name: $_" } ref $value ? @$value
                                       : defined $value ? $value : ();
    }

    return join("\r\n", "$method $path HTTP/1.1", @lines, '', '')
           . (defined $body ? $body : '');
}


sub connect {
    my ($self) = @_;

    return $self->{sock} if $self->{sock};

    $self->{used} = 0;
    $self->{buf}  = '';
    $self->{sock} = IO::Socket::INET->new(
        PeerAddr => $self->{host},
        PeerPort => $self->{port},
        Timeout  => $self->{timeout},
    ) or die "cannot connect to $self->{host}:$self->{port}: $!\n";

    setsockopt $self->{sock}, IPPROTO_TCP, TCP_NODELAY, 1;

    return $self->{sock};
}


sub close {
    my ($self) = @_;

    close delete $self->{sock} if $self->{sock};
}


sub send {
    my ($self, $bytes) = @_;

    my $sock = $self->connect;

    local $SIG{PIPE} = 'IGNORE';

    while (length $bytes) {
        my $n = syswrite $sock, $bytes;

        # an early answer may be there to read although writing failed
        last if !defined $n;
        substr($bytes, 0, $n, '');
    }
}


sub receive {
    my ($self, $method) = @_;

    my ($head, $status, $reason, @headers);

    $self->{deadline} = time() + $self->{timeout};

    do {
        $head = $self->read_until("\r\n\r\n");

        ($status, $reason) = $head =~ m{^HTTP/1\.[01] (\d{3}) ?(.*?)\r\n}
            or die "not an HTTP answer: $head\n";
    } while ($status == 100);

    for (split /\r\n/, $head) {
        push @headers, [$1, $2] if /^([^:\s]+):\s*(.*)$/;
    }

    my $r = Tender::Http::Answer->new(
        status => $status, reason => $reason, headers => \@headers,
        head   => $head,   body   => '',
    );

    my $length = $r->header('Content-Length');

    if (($method || '') eq 'HEAD' || $status == 204 || $status == 304) {
        # these have no body

    } elsif (lc($r->header('Transfer-Encoding') || '') eq 'chunked') {
        $r->{body} = $self->read_chunks;

    } elsif (defined $length) {
        $r->{body} = $self->read_bytes($length);

    } else {
        $r->{body} = $self->read_all;
        $self->close;
    }

    $self->{used}++;
    $self->close
        if $self->{close} || lc($r->header('Connection') || '') eq 'close';

    return $r;
}


# reads what there is; false at the end

sub fill {
    my ($self) = @_;

    my $left = $self->{deadline} - time();

    $left > 0 && IO::Select->new($self->{sock})->can_read($left)
        or die "no answer within $self->{timeout} s\n";

    my $n = sysread $self->{sock}, $self->{buf}, 65536, length $self->{buf};

    return $n;
}


sub read_until {
    my ($self, $end) = @_;

    my $pos;

    while (($pos = index $self->{buf}, $end) < 0) {
        $self->fill
            or die length $self->{buf} ? "cut off: $self->{buf}\n"
                                       : "closed before an answer\n";
    }

    return substr $self->{buf}, 0, $pos + length $end, '';
}


sub read_bytes {
    my ($self, $n) = @_;

    while (length $self->{buf} < $n) {
        $self->fill
            or die 'cut off: ' . length($self->{buf}) . " of $n bytes\n";
    }

    return substr $self->{buf}, 0, $n, '';
}


sub read_chunks {
    my ($self) = @_;

    my $body = '';

    while (1) {
        my $line = $self->read_until("\r\n");
        my ($hex) = $line =~ /^([0-9a-fA-F]+)/ or die "bad chunk: $line\n";

        last if hex $hex == 0;

        $body .= $self->read_bytes(hex $hex);
        $self->read_until("\r\n");
    }

    1 while $self->read_until("\r\n") ne "\r\n";

    return $body;
}


sub read_all {
    my ($self) = @_;

    1 while $self->fill;

    return substr $self->{buf}, 0, length $self->{buf}, '';
}


package Tender::Http::Answer;

sub new     { my ($class, %r) = @_; bless { headers => [], %r }, $class }
sub status  { $_[0]{status} }
sub reason  { $_[0]{reason} }
sub body    { $_[0]{body} }
sub head    { $_[0]{head} }
sub headers { @{ $_[0]{headers} } }
sub elapsed { $_[0]{elapsed} }
sub json    { $json->decode($_[0]{body}) }


# all values in a list, else the first one

sub header {
    my ($self, $name) = @_;

    my @values = map  { $_->[1] }
                 grep { lc $_->[0] eq lc $name } @{ $self->{headers} };

    return wantarray ? @values : $values[0];
}


1;
