package Tender::Bench;

# Copyright (C) ngx_tender_module contributors

# What the measurements have in common: servers on one core, wrk on another.
#
#   my $t = Tender::Bench->module(redis_conf => ['--appendonly', 'yes']);
#   my $tenders = $t->publish(1000);                # [{id, tag}, ...]
#   my $run = $t->wrk(get => '/tenders', seconds => 2, file => $list);
#   $t->finish or die;
#
# A server is a Tender::Test with one worker, its own redis-server and a
# quiet log.

use strict;
use warnings;

use Exporter 'import';
use JSON::PP ();
use MIME::Base64 ();
use Test::More ();

use Tender::Access ();
use Tender::Jwt ();
use Tender::Test ();


our @ISA = qw(Tender::Test);
our @EXPORT_OK = qw(median table write_json read_json machine progress
                    whole_number command);

our $TOP   = $Tender::Test::TOP;
our $BENCH = "$TOP/t/bench";
our $BUILD = "$TOP/build/bench";

use constant { SERVER_CPU => 0, LOAD_CPU => 1 };

my $json = JSON::PP->new->utf8->canonical->pretty;

$ENV{PATH} .= ':/usr/sbin';

mkdir "$TOP/build";
mkdir $BUILD;

# a server that complains says so, but nothing here is a test

Test::More->builder->no_ending(1);
Test::More->builder->output(\my $unused);


# ----------------------------------------------------------------- servers

# nginx without the module, which returns so many bytes

sub bare {
    my ($class, $bytes) = @_;

    return $class->new(module => 0, redis => 0, conf => conf('', '', <<"END"));
        location / {
            default_type application/json;
            return 200 @{[ 'x' x $bytes ]};
        }
END
}


# nginx without the module, which sends files of its folder

sub static {
    my ($class) = @_;

    return $class->new(module => 0, redis => 0,
                       conf => conf('', 'sendfile on;', <<'END'));
        root %%DIR%%;
END
}


# %opt: redis_conf, more arguments of redis-server; redis 0 and socket, that
# of another server's; valgrind, a file for callgrind's counts

sub module {
    my ($class, %opt) = @_;

    my $so     = Tender::Test::module_path();
    my $socket = $opt{socket} || '%%DIR%%/redis.sock';

    my $main = "load_module $so;";
    $main .= "\nmaster_process off;" if $opt{valgrind};

    return $class->new(
        redis => { args => $opt{redis_conf} || [] },
        %opt,
        conf => conf($main, "tender_redis unix:$socket;", <<'END'),
        client_max_body_size 2m;

        location / {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
        }

        location = /requests {
            stub_status;
        }
END
    );
}


# the same with everything that identifies callers; addresses are those that a
# request says it comes from

sub guarded {
    my ($class, %opt) = @_;

    my $so     = Tender::Test::module_path();
    my $socket = $opt{socket} || '%%DIR%%/redis.sock';
    my $single = $opt{valgrind} ? 'master_process off;' : '';

    return $class->new(
        redis => {},
        files => { seal => '5ea1' x 16 . "\n" },
        %opt,
        conf  => conf(<<"END", <<"END2", <<'END3'),
load_module $so;
$single
thread_pool tender threads=2 max_queue=256;
END
tender_redis unix:$socket;
    tender_seal_key_file %%DIR%%/seal;
END2
        set_real_ip_from 127.0.0.1;

        location / {
            tender_api 0.1;
            tender_auth api_code bearer oauth2 basic;
            tender_anonymous write;
            tender_ownership off;
        }

        location /each/ {
            tender_api 0.1;
            tender_auth api_code bearer oauth2 basic;
            tender_auth_cache off;
            tender_ownership off;
        }

        location = /requests {
            stub_status;
        }

        location /oauth/ {
            tender_oauth;
            tender_oauth_password_grant on;
        }

        location /admin/ {
            tender_admin;
            tender_anonymous admin;
        }
END3
    );
}


# search and export for callers with a key; %opt: index => 'off'

sub finder {
    my ($class, %opt) = @_;

    my $so    = Tender::Test::module_path();
    my $index = delete $opt{index} || 'on';

    return $class->new(
        redis => {},
        %opt,
        conf  => conf(<<"END", <<"END2", <<'END3'),
load_module $so;
thread_pool tender threads=2 max_queue=64;
END
tender_redis unix:%%DIR%%/redis.sock;
    tender_index $index;
END2
        location / {
            tender_api 0.1;
            tender_anonymous write;
            tender_ownership off;
        }

        location /api/export {
            tender_export;
            tender_auth api_code;
        }

        location /admin/ {
            tender_admin;
            tender_anonymous admin;
        }
END3
    );
}


# the header of a caller of it

sub key_header {
    my ($self) = @_;

    my $account = Tender::Access::account($self);

    return 'X-Api-Code: ' . Tender::Access::api_code($self, $account)->{code};
}


# what others make of the tenders of that server: nginx's Lua, which also
# searches a database of SQLite, and fastify with ioredis

sub lua_finder {
    my ($class, $finder, $database) = @_;

    my $socket = $finder->redis_socket;

    return $class->new(
        module => 0, redis => 0, redis_pid => $finder->{pids}{redis},
        conf => conf(lua_modules(), <<"END", <<"END2"),
    lua_package_path "$BENCH/lua/?.lua;/usr/share/lua/5.1/?.lua;;";
END
        set \$redis_socket $socket;
        set \$database $database;

        location = /export {
            content_by_lua_block { require("export").page() }
        }

        location = /fts {
            content_by_lua_block { require("fts").page() }
        }
END2
    );
}


sub fastify {
    my ($class, $finder, $script) = @_;

    return $class->new(
        module => 0, redis => 0, redis_pid => $finder->{pids}{redis},
        node => [$script, $finder->redis_socket],
    );
}


sub lua_modules {
    return <<'END';
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
END
}


# the same plainly in Lua

sub lua {
    my ($class) = @_;

    return $class->new(
        module => 0,
        conf => conf(lua_modules(), <<"END", <<'END2'),
    lua_package_path "$BENCH/lua/?.lua;/usr/share/lua/5.1/?.lua;;";
END
        set $redis_socket %%DIR%%/redis.sock;

        location = /tenders {
            content_by_lua_block { require("tenders").collection() }
        }

        location /tenders/ {
            content_by_lua_block { require("tenders").tender() }
        }

        location = /dated {
            content_by_lua_block { require("tenders").dated() }
        }
END2
    );
}


sub conf {
    my ($main, $http, $server) = @_;

    my $user = $> == 0 ? 'user root;' : '';
    my $temp = join "\n    ", map { "${_}_temp_path %%DIR%%/temp_$_;" }
                              qw(client_body proxy fastcgi uwsgi scgi);

    return <<"END";
$main
$user
worker_processes 1;
daemon off;
pid %%DIR%%/nginx.pid;
error_log %%DIR%%/error.log warn;
working_directory %%DIR%%;

events {
    worker_connections 1024;
}

http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_buffer_size 64k;
    $temp
    $http

    server {
        listen 127.0.0.1:%%PORT%%;
        server_name localhost;
$server
    }
}
END
}


# all of a server's processes stay on one core

sub spawn {
    my ($self, $name, @command) = @_;

    unshift @command, 'valgrind', '-q', '--tool=callgrind',
            "--callgrind-out-file=$self->{valgrind}"
        if $name eq 'nginx' && $self->{valgrind};

    return $self->SUPER::spawn($name, 'taskset', '-c', SERVER_CPU, @command);
}


# a server that is not nginx is started in its place

sub start_nginx {
    my ($self) = @_;

    my ($script, @args) = @{ $self->{node} || [] }
        or return $self->SUPER::start_nginx;

    $self->spawn(node => 'node', $script, $self->port, @args);

    $self->wait_for(sub {
        die "node did not start:\n" . $self->slurp('node.out')
            if $self->gone('node');

        eval { $self->client->connect };
    }, 60) or die "node does not answer\n";
}


sub worker_pids {
    my ($self, %opt) = @_;

    return $self->{pids}{node} if $self->{node};
    return $self->{valgrind} ? $self->master_pid || ()
                             : $self->SUPER::worker_pids(%opt);
}


# without a master, a signal may come just before nginx waits for events,
# and is seen at the next event only

sub stop_nginx {
    my ($self) = @_;

    return $self->SUPER::stop_nginx if !$self->{valgrind};

    return !!$self->wait_for(sub {
        kill 'QUIT', $self->master_pid || return 1;
        select undef, undef, undef, 0.3;
        $self->gone('nginx');
    }, 60);
}


# ----------------------------------------------------------------- tenders

# what is published: {"data":{...}}, as compact as an answer

sub tender_text {
    open my $fh, '<:raw', "$BENCH/tender.json" or die "tender.json: $!\n";

    my $text = do { local $/; readline $fh };

    $text =~ s/("(?:[^"\\]|\\.)*")|\s+/defined $1 ? $1 : ''/ge;

    return "{\"data\":$text}";
}


sub publish {
    my ($self, $n, $text) = @_;

    my $client = $self->client;
    my @tenders;

    $text ||= tender_text();

    for (1 .. $n) {
        my $r = $client->post('/tenders', $text);

        die 'a tender was not published: ', $r->status, ' ', $r->body, "\n"
            if $r->status != 201;

        push @tenders, { id  => $r->body =~ /"id":"(\w{32})"/ ? $1 : die,
                         tag => $r->header('ETag') };
    }

    return \@tenders;
}


# the list of tenders for wrk's script

sub list_file {
    my ($self, $name, $tenders) = @_;

    return $self->write_file("$name.tenders",
                             join '', map { "$_->{id} $_->{tag}\n" } @$tenders);
}


# ----------------------------------------------------------------- callers

# headers by which each kind of caller of a guarded server is known

sub callers {
    my ($self) = @_;

    my $account = Tender::Access::account($self);
    my $client  = Tender::Access::client($self, $account);
    my $code    = Tender::Access::api_code($self, $account)->{code};
    my $secret  = Tender::Jwt::jwt_secret('HS256', 's' x 32);
    my $basic   = MIME::Base64::encode_base64("$client->{id}:"
                                              . $client->{secret}, '');

    Tender::Access::key($self, $account, kid => 'a', alg => 'HS256',
                        secret => $secret->{secret});

    my $jwt = Tender::Jwt::jwt($secret, { sub => $account->{id} + 0,
                                          exp => time() + 36_000 },
                               { kid => 'a' });
    my $r = $self->post('/oauth/token', 'grant_type=client_credentials', {
        'Content-Type' => 'application/x-www-form-urlencoded',
        Authorization  => "Basic $basic",
    });

    die 'no token: ', $r->status, ' ', $r->body, "\n" if $r->status != 200;

    return {
        account => $account,
        client  => "Authorization: Basic $basic",
        code    => "X-Api-Code: $code",
        jwt     => "Authorization: Bearer $jwt",
        token   => 'Authorization: Bearer ' . $r->json->{access_token},
    };
}


# -------------------------------------------------------------------- load

# wrk(case, path, seconds =>, connections => 64, file =>, number =>,
#     headers => [lines])

sub wrk {
    my ($self, $case, $path, %opt) = @_;

    my @command = (
        'taskset', '-c', LOAD_CPU, 'wrk', '-t1', '--timeout', '60s',
        '-c' . ($opt{connections} || 64), "-d$opt{seconds}s",
        map({ ('-H', $_) } @{ $opt{headers} || [] }),
        '-s', "$BENCH/wrk/case.lua", $self->url($path), '--', $case,
        $opt{file} || '-', $opt{number} || 0,
    );

    my $before = $self->cpu_time;
    my $load   = children_time();
    my $out    = command(@command);
    my $after  = $self->cpu_time;

    $load = children_time() - $load;

    my ($line) = $out =~ /^FIGURES (.*)/m
        or die "wrk said: $out\n";
    my %run = map { split /=/ } split / /, $line;

    die "$case $path: wrk lost $run{broken} connections or answers\n"
        if $run{broken};
    die "$case $path: no answers\n" if !$run{requests};

    $run{rate} = $run{requests} / $run{us} * 1e6;
    $run{size} = $run{bytes} / $run{requests};
    $run{cpu}  = { map { $_ => ($after->{$_} - $before->{$_}) / 1e3
                               / $run{requests} } keys %$after };
    $run{load_us} = $load * 1e6 / $run{requests};

    return \%run;
}


# nanoseconds on the core so far, of nginx's worker and of Redis

sub cpu_time {
    my ($self) = @_;

    my %time;
    my %pids = (nginx => ($self->worker_pids)[0],
                redis => $self->{pids}{redis} || $self->{redis_pid});

    for my $name (grep { $pids{$_} } keys %pids) {
        open my $fh, '<', "/proc/$pids{$name}/schedstat" or next;
        ($time{$name}) = split / /, readline $fh;
    }

    return \%time;
}


# seconds of wrk, which has ended

sub children_time {
    my (undef, undef, $user, $system) = times;

    return $user + $system;
}


sub command {
    my (@command) = @_;

    open my $fh, '-|', @command or die "cannot run $command[0]: $!\n";

    my $out = do { local $/; readline $fh };

    close $fh or die "failed: @command\n", $out // '';

    return $out;
}


# ----------------------------------------------------------------- figures

sub median {
    my @sorted = sort { $a <=> $b } @_;

    return @sorted % 2 ? $sorted[$#sorted / 2]
                       : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}


# the first column to the left, the others to the right, except those that
# begin with a space

sub table {
    my (@rows) = @_;

    my @widths;

    for my $row (@rows) {
        for my $i (0 .. $#$row) {
            $widths[$i] = length $row->[$i]
                if length $row->[$i] > ($widths[$i] || 0);
        }
    }

    for my $row (@rows) {
        my $line = join '  ', map {
            sprintf $_ && $row->[$_] !~ /^ / ? '%*s' : '%-*s', $widths[$_],
                    $row->[$_];
        } 0 .. $#$row;

        print $line =~ s/\s+$//r, "\n";
    }

    print "\n";
}


sub write_json {
    my ($path, $data) = @_;

    open my $fh, '>', $path or die "$path: $!\n";
    print $fh $json->encode($data);
    close $fh or die "$path: $!\n";
}


sub read_json {
    my ($path) = @_;

    open my $fh, '<', $path or die "$path: $!\n";

    return $json->decode(do { local $/; readline $fh });
}


# a setting from the environment

sub whole_number {
    my ($name, $default) = @_;

    my $value = $ENV{$name} // $default;

    $value =~ /^[1-9][0-9]{0,8}$/ or die "$name=$value is not a number\n";

    return $value + 0;
}


sub machine {
    my ($cpu) = slurp_file('/proc/cpuinfo') =~ /^model name\s*:\s*(.*)/m;
    my ($mem) = slurp_file('/proc/meminfo') =~ /^MemTotal:\s*(\d+)/m;
    my ($os)  = slurp_file('/etc/os-release') =~ /^PRETTY_NAME="?([^"\n]*)/m;
    my ($nginx) = `nginx -v 2>&1` =~ m{nginx/(\S+)};
    my ($redis) = `redis-server --version` =~ /v=(\S+)/;
    my $cpus = () = slurp_file('/proc/cpuinfo') =~ /^processor\s*:/mg;

    die "two cores are needed: one for the servers, one for the load\n"
        if $cpus < 2;

    return {
        cpu => $cpu, cpus => $cpus, os => $os, nginx => $nginx,
        redis => $redis, memory_mb => int($mem / 1024),
        load => (split / /, slurp_file('/proc/loadavg'))[0] + 0,
    };
}


sub slurp_file {
    my ($path) = @_;

    open my $fh, '<', $path or return '';
    local $/;

    return scalar readline($fh) // '';
}


# what is going on, on a terminal alone

sub progress {
    my ($text) = @_;

    return if !-t STDERR;

    print STDERR "\r\e[K", $text;
}


1;
